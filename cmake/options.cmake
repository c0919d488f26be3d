# Compiler settings of every target, and the sanitizers, as interface targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

option(RAPIDBYTE_WERROR "Treat warnings as errors" OFF)
set(RAPIDBYTE_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")

find_program(CCACHE ccache)
if(CCACHE)
  # A checkout finds what another one has compiled: the objects name no folder above the project's.
  # What it is lenient about concerns precompiled headers, whose own sources it does look at.
  set(launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# Empty, or a place that is made slow to test that finding causes finds it (docs/slow_on_purpose.md).
set(RAPIDBYTE_SLOW "" CACHE STRING "A place to make slow: source_decode, host_compress or dest_encode")
set_property(CACHE RAPIDBYTE_SLOW PROPERTY STRINGS "" source_decode host_compress dest_encode)
if(NOT RAPIDBYTE_SLOW MATCHES "^(source_decode|host_compress|dest_encode|)$")
  message(FATAL_ERROR "RAPIDBYTE_SLOW: there is no place \"${RAPIDBYTE_SLOW}\"")
endif()

# For the sources that have such a place, and no others: the rest of a slow build is what any other build has.
function(rapidbyte_may_be_slow)
  if(RAPIDBYTE_SLOW)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS RAPIDBYTE_SLOW="${RAPIDBYTE_SLOW}")
  endif()
endfunction()

add_library(rapidbyte_options INTERFACE)
target_compile_options(rapidbyte_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wno-missing-field-initializers $<$<BOOL:${RAPIDBYTE_WERROR}>:-Werror>
  # Of headers that were precompiled, g++ 12 forgets that they are the system's: its std::string sets these off.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>
  -fdebug-prefix-map=${PROJECT_SOURCE_DIR}/=
  # Where variables lie is half of the debug information and a sixth of the time; profiles need names and lines only.
  # Types that many objects share are linked once.
  "$<$<CONFIG:RelWithDebInfo>:-fno-var-tracking;-gno-column-info;-fdebug-types-section>")
target_include_directories(rapidbyte_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/connectors)
if(RAPIDBYTE_SANITIZE)
  target_compile_options(rapidbyte_options INTERFACE -fsanitize=${RAPIDBYTE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(rapidbyte_options INTERFACE -fsanitize=${RAPIDBYTE_SANITIZE})
endif()

# Several times as fast as the system's linker where there is much debug information. Of Debian's clang-19, which the
# connectors need anyway; the compiler knows it by the name without a version only.
if(NOT RAPIDBYTE_SANITIZE)
  find_program(LLD ld.lld-19 REQUIRED)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/linker)
  file(CREATE_LINK ${LLD} ${CMAKE_BINARY_DIR}/linker/ld.lld SYMBOLIC)
  target_link_options(rapidbyte_options INTERFACE -fuse-ld=lld -B${CMAKE_BINARY_DIR}/linker)
endif()

# For code that is compiled more often than it is waited for. Its frames have names, lines and what was inlined; an
# inlined function of an unnamed namespace is named without its scope. What gcc says of uninitialized values is true
# from -O2 on only.
set(RAPIDBYTE_LESS_OPTIMIZED "$<$<CONFIG:RelWithDebInfo>:-O1;-g1;-Wno-maybe-uninitialized>")
# Nobody profiles tests: names and lines are enough.
set(RAPIDBYTE_TEST_OPTIONS "$<$<CONFIG:RelWithDebInfo>:-O1;-g1>")
