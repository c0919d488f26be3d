# Headers that most sources share, parsed once for all of them: half of what compiling a source costs is reading these.
# They are the libraries' only, none of ours, so that a change of ours compiles none of them anew.
# No source may rely on them: tools/check lints each one by its own includes.

set(RAPIDBYTE_COMMON_HEADERS <algorithm> <array> <chrono> <cstdint> <cstring> <filesystem> <fstream> <functional>
  <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <tl/expected.hpp>
  <utility> <variant> <vector> <fmt/format.h>)

# Compiles `headers` with the options that all targets have and `options` after them.
function(rapidbyte_precompile name headers options)
  set(target rapidbyte_precompiled_${name})
  add_library(${target} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${target} PRIVATE rapidbyte_options)
  target_compile_options(${target} PRIVATE ${options})
  target_precompile_headers(${target} PRIVATE ${headers})
endfunction()

rapidbyte_precompile(common "${RAPIDBYTE_COMMON_HEADERS}" "")
rapidbyte_precompile(json "${RAPIDBYTE_COMMON_HEADERS};<nlohmann/json.hpp>" "")
rapidbyte_precompile(less_optimized "${RAPIDBYTE_COMMON_HEADERS};<nlohmann/json.hpp>" "${RAPIDBYTE_LESS_OPTIMIZED}")
rapidbyte_precompile(test "${RAPIDBYTE_COMMON_HEADERS};<nlohmann/json.hpp>;<gmock/gmock.h>;<gtest/gtest.h>"
  "${RAPIDBYTE_TEST_OPTIONS}")
target_link_libraries(rapidbyte_precompiled_test PRIVATE GTest::gtest GTest::gmock)

function(rapidbyte_use_precompiled name target)
  target_precompile_headers(${target} REUSE_FROM rapidbyte_precompiled_${name})
endfunction()
