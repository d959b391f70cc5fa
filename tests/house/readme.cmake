cmake_minimum_required(VERSION 3.25)
# README.md and docs/ show a program that is compiled and run, and results that are
# checked to be those of the simulator.
file(READ ${ROOT}/tests/house/consumer/main.cc program)

# must_show(PAGE TEXT WHAT): PAGE has TEXT as it is.
function(must_show page text what)
  file(READ ${ROOT}/${page} shown)
  string(FIND "${shown}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${page} does not show ${what} as it is")
  endif()
endfunction()

must_show(README.md "```cpp\n${program}```" tests/house/consumer/main.cc)
foreach(scenario slow failing silent equal)
  file(READ ${ROOT}/sim/expected/${scenario}.txt result)
  must_show(docs/simulator.md "${result}" sim/expected/${scenario}.txt)
  if(scenario MATCHES "slow|failing")
    must_show(README.md "${result}" sim/expected/${scenario}.txt)
  endif()
endforeach()

# The counts in the middle of the contest's output, and the table before them.
foreach(output contest.txt contest-limited.txt)
  file(READ ${ROOT}/docs/${output} contest)
  string(FIND "${contest}" "| policy" table)
  string(FIND "${contest}" "\nAgainst all but yardsticks" counts)
  string(FIND "${contest}" " By row, with" end)
  math(EXPR length "${end} - ${counts}")
  string(SUBSTRING "${contest}" ${counts} ${length} part)
  must_show(docs/contest.md "${part}" "the counts of docs/${output}")
  if(output STREQUAL contest.txt)
    foreach(policy servicetalk brpc-p2c linkerd-ewma-penalty dialogue
                   least-outstanding round-robin)
      string(REGEX MATCH "\\| ${policy} +\\| ([0-9.]+)" ignored "${contest}")
      must_show(README.md "${CMAKE_MATCH_1}" "the cost of ${policy}")
    endforeach()
    math(EXPR length "${counts} - ${table}")
    string(SUBSTRING "${contest}" ${table} ${length} part)
    must_show(docs/contest.md "${part}" "the table of docs/${output}")
  endif()
endforeach()
