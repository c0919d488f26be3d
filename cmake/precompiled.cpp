// Nothing but what stands before it: cmake/precompiled.cmake.
