# Third-party libraries, all of them Debian packages (see ./dev setup).

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_path(FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)
find_path(SDT_INCLUDE sys/sdt.h REQUIRED)  # systemtap-sdt-dev: the probes of src/engine
find_program(FLATC flatc REQUIRED)

# What nobody else in the process needs is linked statically: a shared library costs every start its loading and its
# relocations. libpq and OpenSSL, which others share and which get security updates, are loaded by src/late.
function(rapidbyte_archive name)
  cmake_parse_arguments(ARG "" "" "FILES;LIBS" ${ARGN})
  add_library(rapidbyte_${name} INTERFACE)
  foreach(file ${ARG_FILES})
    find_library(ARCHIVE_${file} ${file} REQUIRED)
    target_link_libraries(rapidbyte_${name} INTERFACE ${ARCHIVE_${file}})
  endforeach()
  target_link_libraries(rapidbyte_${name} INTERFACE ${ARG_LIBS})
  add_library(archive::${name} ALIAS rapidbyte_${name})
endfunction()
rapidbyte_archive(zlib FILES libz.a)
rapidbyte_archive(lz4 FILES liblz4.a)
rapidbyte_archive(zstd FILES libzstd.a)
rapidbyte_archive(re2 FILES libre2.a LIBS Threads::Threads)
rapidbyte_archive(yaml-cpp FILES libyaml-cpp.a)
rapidbyte_archive(sqlite3 FILES libsqlite3.a LIBS Threads::Threads ${CMAKE_DL_LIBS} m)
rapidbyte_archive(libdw FILES libdw.a libelf.a liblzma.a libbz2.a LIBS archive::zlib ${CMAKE_DL_LIBS})

# Debian has these as shared libraries and as headers: what their libraries would hold is compiled here.
add_library(rapidbyte_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt.cpp)
add_library(archive::fmt ALIAS rapidbyte_fmt)
add_library(rapidbyte_spdlog STATIC ${PROJECT_SOURCE_DIR}/cmake/spdlog.cpp)
target_compile_definitions(rapidbyte_spdlog PUBLIC SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
target_link_libraries(rapidbyte_spdlog PUBLIC rapidbyte_fmt Threads::Threads)
add_library(archive::spdlog ALIAS rapidbyte_spdlog)
