include(GoogleTest)

# One library per folder, with its unit tests in one binary beside it.
#
#   rapidbyte_library(NAME [LESS_OPTIMIZED] [PRECOMPILED json] [SOURCES a.cpp…] DEPENDS folder…
#     [PUBLIC lib…] [PRIVATE lib…] [TESTS a_test.cpp…])
#
# DEPENDS names the folders whose headers this one may include; tools/check_includes refuses any other edge.
# PRECOMPILED: which headers of cmake/precompiled.cmake most of its sources share; "common" without it.
function(rapidbyte_library name)
  cmake_parse_arguments(ARG "LESS_OPTIMIZED" "PRECOMPILED" "SOURCES;DEPENDS;PUBLIC;PRIVATE;TESTS;TEST_LIBS" ${ARGN})
  set(target rapidbyte_${name})
  list(TRANSFORM ARG_DEPENDS PREPEND rapidbyte_)
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE})
    if(ARG_LESS_OPTIMIZED)
      target_compile_options(${target} PRIVATE ${RAPIDBYTE_LESS_OPTIMIZED})
      rapidbyte_use_precompiled(less_optimized ${target})
    elseif(ARG_PRECOMPILED)
      rapidbyte_use_precompiled(${ARG_PRECOMPILED} ${target})
    else()
      rapidbyte_use_precompiled(common ${target})
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} rapidbyte_options ${ARG_DEPENDS} ${ARG_PUBLIC})
  if(ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} ${ARG_TEST_LIBS})
    rapidbyte_test_program(${name}_test)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# What programs of tests have in common.
function(rapidbyte_test_program target)
  target_link_libraries(${target} PRIVATE GTest::gtest_main GTest::gmock)
  target_compile_options(${target} PRIVATE ${RAPIDBYTE_TEST_OPTIONS})
  rapidbyte_use_precompiled(test ${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endfunction()
