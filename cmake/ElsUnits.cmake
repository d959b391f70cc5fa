# els_units(TARGET [ALONE file...]): compiles the target's sources in units of up to
# ELS_UNIT_SIZE files of one folder, but those of ALONE each by itself. Most of the
# time of a compilation goes into the headers that the sources share.
#
# A unit holds the text of its sources, unlike those of CMake's UNITY_BUILD, which
# include them: clang does not report unused constants and inline functions of an
# included file. Two sources of a unit may clash, for example by using one name in
# their unnamed namespaces. Then rename one of the two.
function(els_units target)
  cmake_parse_arguments(ARG "" "" "ALONE" ${ARGN})
  if(ELS_UNIT_SIZE LESS 2)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  set(folders)
  set(kept)
  foreach(source IN LISTS sources)
    if(source IN_LIST ARG_ALONE OR IS_ABSOLUTE ${source})
      list(APPEND kept ${source})
    else()
      cmake_path(GET source PARENT_PATH folder)
      string(MAKE_C_IDENTIFIER "${target}_${folder}" name)
      list(APPEND folders ${name})
      list(APPEND sources_${name} ${CMAKE_CURRENT_SOURCE_DIR}/${source})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(name IN LISTS folders)
    els_units_of_folder(units ${name} ${sources_${name}})
    list(APPEND kept ${units})
  endforeach()
  set_property(TARGET ${target} PROPERTY SOURCES ${kept})
  # To g++ the sources of a unit are headers, which should have nothing unnamed.
  target_compile_options(
    ${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endfunction()

# Sets RESULT to the units of these files, which are of about the same size.
function(els_units_of_folder result name)
  list(LENGTH ARGN count)
  if(count EQUAL 1)
    set(${result} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  math(EXPR units "(${count} + ${ELS_UNIT_SIZE} - 1) / ${ELS_UNIT_SIZE}")
  set(written)
  foreach(i RANGE 1 ${units})
    math(EXPR begin "(${i} - 1) * ${count} / ${units}")
    math(EXPR length "${i} * ${count} / ${units} - ${begin}")
    list(SUBLIST ARGN ${begin} ${length} files)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/units/${name}_${i}.cc)
    add_custom_command(
      OUTPUT ${unit}
      COMMAND ${CMAKE_COMMAND} -D OUTPUT=${unit} -D "SOURCES=${files}"
              -P ${PROJECT_SOURCE_DIR}/cmake/write_unit.cmake
      DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/write_unit.cmake
      VERBATIM)
    list(APPEND written ${unit})
  endforeach()
  set(${result} ${written} PARENT_SCOPE)
endfunction()
