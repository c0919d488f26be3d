include(GoogleTest)

# One library per folder, with its unit tests in one binary beside it.
#
#   rapidbyte_library(NAME [SOURCES a.cpp…] DEPENDS folder… [PUBLIC lib…] [PRIVATE lib…] [TESTS a_test.cpp…])
#
# DEPENDS names the folders whose headers this one may include; tools/check_includes refuses any other edge.
function(rapidbyte_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PUBLIC;PRIVATE;TESTS;TEST_LIBS" ${ARGN})
  set(target rapidbyte_${name})
  list(TRANSFORM ARG_DEPENDS PREPEND rapidbyte_)
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} rapidbyte_options ${ARG_DEPENDS} ${ARG_PUBLIC})
  if(ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} ${ARG_TEST_LIBS} GTest::gtest_main GTest::gmock)
    # Nobody profiles tests: names and lines are enough.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1 -g1>)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
  endif()
endfunction()
