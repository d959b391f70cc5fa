cmake_minimum_required(VERSION 3.25)
# Runs every command of docs/tuning.md, in their order, as a reader would who has
# the log of an nginx.
file(READ ${ROOT}/docs/tuning.md guide)
# Lists are separated by semicolons, of which the commands have none.
string(REGEX MATCHALL "\n```sh\n[^`]*```" blocks "${guide}")
list(LENGTH blocks count)
if(count LESS 5)
  message(FATAL_ERROR "docs/tuning.md has only ${count} commands")
endif()
set(files demo.csv demo.toml tuned.txt tuned.html access.toml access.txt)
foreach(file IN LISTS files)
  file(REMOVE ${ROOT}/build/${file})
endforeach()
execute_process(COMMAND bash ${ROOT}/tests/house/nginx_log.sh
                        ${ROOT}/build/release/examples/demo/els-demo-backend
                        ${ROOT}/build/access.log.gz
                COMMAND_ERROR_IS_FATAL ANY)
foreach(block IN LISTS blocks)
  string(REGEX REPLACE "^\n```sh\n|```$" "" command "${block}")
  message("$ ${command}")
  execute_process(COMMAND sh -c "${command}" WORKING_DIRECTORY ${ROOT}
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(file IN LISTS files)
  file(SIZE ${ROOT}/build/${file} size)
  if(size EQUAL 0)
    message(FATAL_ERROR "docs/tuning.md leaves build/${file} empty")
  endif()
endforeach()
