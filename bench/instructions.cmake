# How many instructions one request costs, at real rates: counted by callgrind,
# so the same on every run. One request in 128 fails, one in
# 16 is of eight times the usual work, and 256 are outstanding.
#
#   cmake -D ELS_PACED=PROGRAM [-D CHECK=ON] -P bench/instructions.cmake
#
# A row is the difference of two runs over the difference of their lengths: what
# comes before the first request does not count. With CHECK, a row above its
# bound fails. The goal is 1,000 up to 1,000 backends, and 1,500 at 10,000; it is
# not reached. Rows were 1,211 (10 backends at 1,000,000 a second) to 40,167 (1,000
# at 1,000) before each word named the round in which it is due: this program
# with the library of e82d10e. They were 940 to 2,410 before requests had work,
# latencies a variation, and turns a clock of their own, which costs 30 %, and 70 %
# where backends are picked so seldom that their turns come by time alone. What
# each backend's own latencies vary by, and what servers tell of their load, cost
# another 5 to 10 %, also where neither is used. Bounds are the figures of the
# library when the bounds were set, and 3 %.

cmake_minimum_required(VERSION 3.25)

find_program(VALGRIND valgrind REQUIRED)

# Backends, requests a second, bound.
set(rows
    "10 1000 1690"
    "10 10000 1460"
    "10 100000 1435"
    "10 1000000 1430"
    "100 1000 1840"
    "100 10000 1740"
    "100 100000 1570"
    "100 1000000 1555"
    "1000 1000 2410"
    "1000 10000 2000"
    "1000 100000 1925"
    "1000 1000000 1890"
    "10000 1000 4520"
    "10000 100000 3210")

function(instructions backends rate requests result)
  execute_process(
    COMMAND
      ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${ELS_PACED}
      ${backends} ${rate} 128 ${requests}
    RESULT_VARIABLE status
    ERROR_VARIABLE log)
  if(NOT status EQUAL 0 OR NOT log MATCHES "Collected : ([0-9]+)")
    message(FATAL_ERROR "callgrind failed: ${log}")
  endif()
  set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

message("instructions a request, one in 128 failing, 256 outstanding:")
message("  backends  rate       instructions  bound")
set(above "")
foreach(row IN LISTS rows)
  separate_arguments(row UNIX_COMMAND "${row}")
  list(GET row 0 backends)
  list(GET row 1 rate)
  list(GET row 2 bound)
  set(length 40000)
  if(backends GREATER 1000)
    set(length 60000)
  endif()
  math(EXPR twice "2 * ${length}")
  instructions(${backends} ${rate} ${length} once)
  instructions(${backends} ${rate} ${twice} both)
  math(EXPR each "(${both} - ${once}) / ${length}")
  set(line "")
  foreach(pair "${backends};8" "${rate};9" "${each};12" "${bound};0")
    list(GET pair 0 value)
    list(GET pair 1 width)
    string(LENGTH "${value}" length_of_value)
    math(EXPR missing "${width} - ${length_of_value}")
    if(missing LESS 0)
      set(missing 0)
    endif()
    string(REPEAT " " ${missing} spaces)
    string(APPEND line "  ${value}${spaces}")
  endforeach()
  message("${line}")
  if(each GREATER bound)
    list(APPEND above "${backends} backends at ${rate} a second")
  endif()
endforeach()
if(CHECK AND above)
  message(FATAL_ERROR "above the bound: ${above}")
endif()
