# Writes FILES (a list) into OUTPUT as initialisers {"name", R"(content)"}, for sources that are needed at run time.
set(text "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND text "{\"${name}\", R\"EMBEDDED(${content})EMBEDDED\"},\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
