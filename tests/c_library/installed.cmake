cmake_minimum_required(VERSION 3.25)
# Installs the library, and compiles, links and runs the program SOURCE as a
# makefile would: there is no C++ and no Abseil in its command.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT
                  COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK})
file(GLOB_RECURSE pc ${WORK}/els.pc)
execute_process(COMMAND ${PKG_CONFIG} --cflags --libs ${pc}
                OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${COMPILER} -std=c99 ${SOURCE} -o ${WORK}/program ${flags})
file(GLOB_RECURSE library ${WORK}/libels.so)
cmake_path(GET library PARENT_PATH folder)
run(${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${folder} ${WORK}/program)
