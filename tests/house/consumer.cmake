cmake_minimum_required(VERSION 3.25)
# Builds and runs a program that uses els, WAY = package or subproject.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT
                  COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
set(consumer ${ROOT}/tests/house/consumer)
if(WAY STREQUAL package)
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
  set(how -D CMAKE_PREFIX_PATH=${WORK}/installed)
else()
  set(how -D ELS_ROOT=${ROOT})
endif()
run(${CMAKE_COMMAND} -G Ninja -S ${consumer} -B ${WORK}/build
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_CXX_STANDARD=20
    -D CMAKE_BUILD_TYPE=Release ${how})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
