# A fuzz target and the replay of its corpus.
#
#   rapidbyte_fuzz_target(NAME LIBS lib…)
#
# NAME_fuzzer.cpp defines LLVMFuzzerTestOneInput; inputs lie in corpus/NAME. In the preset `fuzz` (clang) libFuzzer
# searches for more: build/fuzz/fuzz/NAME_fuzzer NEW_INPUTS fuzz/corpus/NAME. In every other preset a small driver runs
# the target once for each input. Either way the corpus is an ordinary test.
option(RAPIDBYTE_FUZZ "Build fuzz targets with libFuzzer" OFF)

function(rapidbyte_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  set(target ${name}_fuzzer)
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  add_executable(${target} ${name}_fuzzer.cpp)
  target_link_libraries(${target} PRIVATE ${ARG_LIBS})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  if(RAPIDBYTE_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz.${name} COMMAND ${target} -runs=0 ${corpus})
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cpp)
    add_test(NAME fuzz.${name} COMMAND ${target} ${corpus})
  endif()
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 300)
endfunction()
