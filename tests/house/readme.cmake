cmake_minimum_required(VERSION 3.25)
# README.md shows a program that is compiled and run, and results that are
# checked to be those of the simulator.
file(READ ${ROOT}/tests/house/consumer/main.cc program)
file(READ ${ROOT}/README.md readme)
string(FIND "${readme}" "```cpp\n${program}```" at)
if(at EQUAL -1)
  message(FATAL_ERROR
          "README.md does not show tests/house/consumer/main.cc as it is")
endif()
foreach(scenario slow failing silent equal)
  file(READ ${ROOT}/sim/expected/${scenario}.txt result)
  string(FIND "${readme}" "${result}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR
            "README.md does not show sim/expected/${scenario}.txt as it is")
  endif()
endforeach()

# The table in the middle of the contest's output.
file(READ ${ROOT}/docs/contest.txt contest)
string(FIND "${contest}" "| policy" begin)
string(FIND "${contest}" "\nLosses of els" end)
math(EXPR length "${end} - ${begin}")
string(SUBSTRING "${contest}" ${begin} ${length} table)
string(FIND "${readme}" "${table}" at)
if(begin EQUAL -1 OR end EQUAL -1 OR at EQUAL -1)
  message(FATAL_ERROR
          "README.md does not show the table of docs/contest.txt as it is")
endif()
