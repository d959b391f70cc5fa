# Writes the files of FOLDER into OUTPUT, the source that catalogue_files.h
# declares:
#
#   cmake -DFOLDER=... -DOUTPUT=... -P write_catalogue.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*.toml ${FOLDER}/*.txt)
list(SORT files COMPARE STRING CASE SENSITIVE)

set(entries "")
foreach(name IN LISTS files)
  file(READ ${FOLDER}/${name} text)
  string(FIND "${text}" ")file\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${name} has the end of a string literal in it")
  endif()
  string(APPEND entries "    {\"${name}\", R\"file(${text})file\"},\n")
endforeach()

file(WRITE ${OUTPUT}
"// Made from sim/scenarios by write_catalogue.cmake.
#include \"sim/files/catalogue_files.h\"

namespace els_sim {

absl::Span<const CatalogueFile> CatalogueFiles() {
  static constexpr CatalogueFile kFiles[] = {
${entries}  };
  return kFiles;
}

}  // namespace els_sim
")
