# Connectors as WebAssembly modules, by Debian's clang-19 for wasm32-wasi, which is no compiler of this build: every
# source is a custom command with a dependency file.
#
#   rapidbyte_add_connector(source-postgres SOURCES a.cpp… [MANIFEST manifest.json.in])
#
# builds ${CMAKE_BINARY_DIR}/connectors/NAME/NAME.wasm out of SOURCES (beside the caller) and the sources that every
# connector shares, and writes manifest.json beside it, with @RAPIDBYTE_SHA256@ replaced by the module's checksum.
# A module that imports anything but functions of "rapidbyte" fails the build.
#
# Link to rapidbyte_shipped_connectors to #include "shipped_connectors.inc": RB_SHIPPED_CONNECTOR("NAME", "<sha256>")
# for every connector. Linking to it builds the modules first.

find_program(WASM_CLANGXX clang++-19 REQUIRED)
find_program(WASM_OBJDUMP wasm-objdump REQUIRED)
find_program(LLVM_DWARFDUMP llvm-dwarfdump-19 REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(RAPIDBYTE_DECLARE_FUNCTIONS ${PROJECT_SOURCE_DIR}/tools/declare_functions.py)
find_path(TL_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
find_path(NLOHMANN_JSON_INCLUDE nlohmann/json.hpp REQUIRED)

# What profiles show of a connector: the name section, with the names as the C++ compiler writes them, and of DWARF the
# places of the functions (tools/declare_functions.py). The path map makes the checksum the same in any folder.
set(RAPIDBYTE_WASM_COMPILE_FLAGS --target=wasm32-wasi -O3 -std=c++20 -fno-exceptions -fno-rtti -mbulk-memory
  -gline-tables-only -fdebug-info-for-profiling -fdebug-compilation-dir=.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}/= -DNDEBUG
  -Wall -Wextra -Wshadow -Wno-missing-field-initializers)
if(RAPIDBYTE_WERROR)
  list(APPEND RAPIDBYTE_WASM_COMPILE_FLAGS -Werror)
endif()
# No -O here: with one, clang would silently run a wasm-opt of the PATH over the module and drop its names.
# The printf of that archive is whole: the default one refuses long doubles by a message to stderr, and any use of
# snprintf would so import file descriptors.
# -no-demangle has one dash because clang takes the one with two for itself, and does nothing with it.
set(RAPIDBYTE_WASM_LINK_FLAGS --target=wasm32-wasi -mexec-model=reactor -lc-printscan-long-double
  -Wl,--stack-first,-z,stack-size=1048576,--max-memory=1073741824,-no-demangle)

# The host's header-only libraries, alone: all of /usr/include would bring the host's C library along.
set(RAPIDBYTE_WASM_INCLUDE ${CMAKE_BINARY_DIR}/wasm/include)
file(MAKE_DIRECTORY ${RAPIDBYTE_WASM_INCLUDE})
file(CREATE_LINK ${TL_EXPECTED_INCLUDE}/tl ${RAPIDBYTE_WASM_INCLUDE}/tl SYMBOLIC)
file(CREATE_LINK ${NLOHMANN_JSON_INCLUDE}/nlohmann ${RAPIDBYTE_WASM_INCLUDE}/nlohmann SYMBOLIC)
file(CREATE_LINK ${FLATBUFFERS_INCLUDE}/flatbuffers ${RAPIDBYTE_WASM_INCLUDE}/flatbuffers SYMBOLIC)

add_library(rapidbyte_shipped_connectors INTERFACE)
target_include_directories(rapidbyte_shipped_connectors INTERFACE ${CMAKE_BINARY_DIR}/generated)
set(lines "$<TARGET_PROPERTY:rapidbyte_shipped_connectors,RAPIDBYTE_CONNECTORS>")
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/shipped_connectors.inc
  CONTENT "$<JOIN:${lines},\n>\n#undef RB_SHIPPED_CONNECTOR\n")

# Compiles `sources` into objects below ${CMAKE_BINARY_DIR}/wasm/${group} and sets `objects` to their paths.
function(rapidbyte_wasm_compile objects group sources)
  set(compiled "")
  foreach(source ${sources})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${source})
    set(object ${CMAKE_BINARY_DIR}/wasm/${group}/${name}.o)
    get_filename_component(folder ${object} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    set(slow "")
    if(RAPIDBYTE_SLOW AND name MATCHES "^src/pgwire/")
      set(slow "-DRAPIDBYTE_SLOW=\"${RAPIDBYTE_SLOW}\"")
    endif()
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${WASM_CLANGXX} ${RAPIDBYTE_WASM_COMPILE_FLAGS} ${slow} -I${PROJECT_SOURCE_DIR}/src
        -I${PROJECT_SOURCE_DIR}/connectors -isystem ${RAPIDBYTE_ARROW_GENERATED_DIR} -isystem ${RAPIDBYTE_WASM_INCLUDE}
        -MD -MT ${object} -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} rapidbyte_arrow_generated ${RAPIDBYTE_ARROW_GENERATED_DIR}/arrow_format_generated.h
      DEPFILE ${object}.d
      COMMENT "Compiling ${name} for wasm"
      VERBATIM)
    list(APPEND compiled ${object})
  endforeach()
  set(${objects} ${compiled} PARENT_SCOPE)
endfunction()

# What every connector is linked with, compiled once: SDK, Arrow, PostgreSQL protocol, JSON, UTF-8.
function(rapidbyte_wasm_shared_library)
  if(TARGET rapidbyte_wasm_shared)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/connectors/sdk/*.cpp ${PROJECT_SOURCE_DIR}/src/pgwire/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  foreach(source column_builder ipc_writer ipc_reader)
    list(APPEND sources ${PROJECT_SOURCE_DIR}/src/arrow/${source}.cpp)
  endforeach()
  list(APPEND sources ${PROJECT_SOURCE_DIR}/src/base/json.cpp ${PROJECT_SOURCE_DIR}/src/base/printable.cpp
    ${PROJECT_SOURCE_DIR}/src/base/utf8.cpp)
  rapidbyte_wasm_compile(objects shared "${sources}")
  add_custom_target(rapidbyte_wasm_shared DEPENDS ${objects})
  set_property(TARGET rapidbyte_wasm_shared PROPERTY RAPIDBYTE_OBJECTS ${objects})
endfunction()

# Links `objects` to ${root}/connectors/NAME/NAME.wasm, by way of ${root}/wasm/NAME, and sets `products` to that, the
# manifest (where there is one) and ${root}/generated/shipped/NAME.inc.
function(rapidbyte_wasm_link products name root objects manifest)
  set(folder ${root}/connectors/${name})
  set(module ${folder}/${name}.wasm)
  set(linked ${root}/wasm/${name}/${name}.wasm)
  set(debug ${root}/wasm/${name}/${name}.debug.wasm)
  set(listed ${root}/generated/shipped/${name}.inc)
  set(made ${module} ${listed})
  if(manifest)
    list(APPEND made ${folder}/manifest.json)
  endif()
  file(MAKE_DIRECTORY ${folder} ${root}/wasm/${name} ${root}/generated/shipped)

  # Linked elsewhere: a module that is refused is not left where it would be loaded.
  add_custom_command(OUTPUT ${made}
    COMMAND ${WASM_CLANGXX} ${RAPIDBYTE_WASM_LINK_FLAGS} ${objects} -o ${debug}
    COMMAND Python3::Interpreter ${RAPIDBYTE_DECLARE_FUNCTIONS} ${debug} ${linked} ${LLVM_DWARFDUMP}
      ${CMAKE_CURRENT_BINARY_DIR} ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DLINKED=${linked} -DMODULE=${module} -DMANIFEST=${manifest}
      -DLISTED=${listed} -DWASM_OBJDUMP=${WASM_OBJDUMP} -P ${PROJECT_SOURCE_DIR}/cmake/finish_connector.cmake
    DEPENDS ${objects} rapidbyte_wasm_shared ${manifest} ${PROJECT_SOURCE_DIR}/cmake/finish_connector.cmake
      ${RAPIDBYTE_DECLARE_FUNCTIONS}
    COMMENT "Linking ${name}.wasm"
    VERBATIM)
  set(${products} ${made} PARENT_SCOPE)
endfunction()

function(rapidbyte_add_connector name)
  cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES" ${ARGN})
  rapidbyte_wasm_shared_library()
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  rapidbyte_wasm_compile(objects ${name} "${ARG_SOURCES}")
  get_target_property(shared rapidbyte_wasm_shared RAPIDBYTE_OBJECTS)
  if(ARG_MANIFEST)
    get_filename_component(manifest ${ARG_MANIFEST} ABSOLUTE)
  endif()
  rapidbyte_wasm_link(products ${name} ${CMAKE_BINARY_DIR} "${objects};${shared}" "${manifest}")
  add_custom_target(rapidbyte_connector_${name} ALL DEPENDS ${products})
  set_property(TARGET rapidbyte_connector_${name} PROPERTY RAPIDBYTE_OBJECTS ${objects})
  set_property(TARGET rapidbyte_connector_${name} PROPERTY RAPIDBYTE_MANIFEST ${manifest})
  add_dependencies(rapidbyte_shipped_connectors rapidbyte_connector_${name})
  set_property(TARGET rapidbyte_shipped_connectors APPEND PROPERTY RAPIDBYTE_CONNECTORS
    "#include \"shipped/${name}.inc\"")
endfunction()

# The connectors `names` once more below `root`, with `sources` compiled so that `place` is slow (docs/slow_on_purpose.md),
# as the target rapidbyte_slow_connectors_PLACE. For a program with ${root}/generated before other include folders.
function(rapidbyte_slow_connectors place root names sources)
  set(RAPIDBYTE_SLOW ${place})
  rapidbyte_wasm_compile(slow slow_${place} "${sources}")
  get_target_property(shared rapidbyte_wasm_shared RAPIDBYTE_OBJECTS)
  foreach(object ${slow})  # in the other's place, so that a connector in which nothing is slow is the same module
    string(REPLACE /wasm/slow_${place}/ /wasm/shared/ other ${object})
    string(REPLACE ${other} ${object} shared "${shared}")
  endforeach()
  add_custom_target(rapidbyte_slow_connectors_${place})
  set(lines "")
  foreach(name ${names})
    get_target_property(objects rapidbyte_connector_${name} RAPIDBYTE_OBJECTS)
    get_target_property(manifest rapidbyte_connector_${name} RAPIDBYTE_MANIFEST)
    rapidbyte_wasm_link(products ${name} ${root} "${objects};${shared}" "${manifest}")
    add_custom_target(rapidbyte_slow_connectors_${place}_${name} DEPENDS ${products})
    add_dependencies(rapidbyte_slow_connectors_${place}_${name} rapidbyte_connector_${name})
    add_dependencies(rapidbyte_slow_connectors_${place} rapidbyte_slow_connectors_${place}_${name})
    string(APPEND lines "#include \"shipped/${name}.inc\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${root}/generated/shipped_connectors.inc CONTENT "${lines}#undef RB_SHIPPED_CONNECTOR\n")
endfunction()
