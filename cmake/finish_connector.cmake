# After linking a connector: refuses the module at LINKED if it imports what a connector may not, then puts it at
# MODULE, writes manifest.json beside it from MANIFEST (if given), and its line of shipped_connectors.inc to LISTED.

execute_process(COMMAND ${WASM_OBJDUMP} -x -j Import ${LINKED} OUTPUT_VARIABLE dump RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${NAME}: cannot read ${LINKED}")
endif()
string(REGEX MATCHALL "\n - [^\n]*" imports "${dump}")
foreach(import ${imports})
  if(NOT import MATCHES "^\n - func\\[[^\n]* <- rapidbyte\\.[a-z_]+$")
    message(FATAL_ERROR "${NAME}: the module may import functions of \"rapidbyte\" only, but it imports:${import}")
  endif()
endforeach()

file(RENAME ${LINKED} ${MODULE})
file(SHA256 ${MODULE} RAPIDBYTE_SHA256)
if(MANIFEST)
  get_filename_component(folder ${MODULE} DIRECTORY)
  configure_file(${MANIFEST} ${folder}/manifest.json @ONLY)
endif()
# Like the manifest, written only if it changed, so that an unchanged module recompiles nothing of the host.
set(line "RB_SHIPPED_CONNECTOR(\"${NAME}\", \"${RAPIDBYTE_SHA256}\")\n")
file(CONFIGURE OUTPUT ${LISTED} CONTENT "${line}")
