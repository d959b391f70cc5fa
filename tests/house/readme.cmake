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

# The table in the middle of the contest's output, and the counts after it.
function(must_show page output from to)
  file(READ ${ROOT}/docs/${output} contest)
  string(FIND "${contest}" "${from}" begin)
  string(FIND "${contest}" "${to}" end)
  math(EXPR length "${end} - ${begin}")
  string(SUBSTRING "${contest}" ${begin} ${length} part)
  file(READ ${ROOT}/${page} text)
  string(FIND "${text}" "${part}" at)
  if(begin EQUAL -1 OR end EQUAL -1 OR at EQUAL -1)
    message(FATAL_ERROR "${page} does not show docs/${output} as it is, from "
                        "\"${from}\" to \"${to}\"")
  endif()
endfunction()
must_show(README.md contest.txt "| policy" "\nAgainst all but yardsticks")
foreach(output contest.txt contest-limited.txt)
  must_show(docs/contest.md ${output} "Against all but yardsticks" " By row, with")
endforeach()
