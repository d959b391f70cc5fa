# Who may include whom and what first, and what nobody may use. Arrows run one way:
# examples, bench, sim -> include/els <- src.
cmake_minimum_required(VERSION 3.25)

function(complain file text)
  message(SEND_ERROR "${file}: ${text}")
endfunction()

# check(FOLDER INCLUDES regex BANNED regex [BUT regex]): of every source below
# FOLDER, each quoted or library include must match INCLUDES, and no line BANNED
# unless its file matches BUT.
function(check folder)
  cmake_parse_arguments(ARG "" "INCLUDES;BANNED;BUT" "" ${ARGN})
  file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/${folder}/*.h
       ${ROOT}/${folder}/*.cc)
  if(NOT sources)
    complain(${folder} "has no sources; has it moved?")
  endif()
  foreach(source IN LISTS sources)
    file(STRINGS ${ROOT}/${source} includes REGEX "^#include [\"<][^>\"]*[/.]")
    foreach(line IN LISTS includes)
      if(NOT line MATCHES "^#include [\"<](${ARG_INCLUDES})")
        complain(${source} "may not say ${line}")
      endif()
    endforeach()
    if(ARG_BANNED AND NOT (ARG_BUT AND source MATCHES "^(${ARG_BUT})$"))
      file(STRINGS ${ROOT}/${source} lines REGEX "${ARG_BANNED}")
      foreach(line IN LISTS lines)
        # A comment may name what the code may not use.
        string(REGEX REPLACE "//.*" "" code "${line}")
        if(code MATCHES "${ARG_BANNED}")
          complain(${source} "may not say ${line}")
        endif()
      endforeach()
    endif()
    file(READ ${ROOT}/${source} text)
    string(REGEX REPLACE "[^\n]" "" text "${text}")
    string(LENGTH "${text}" length)
    if(length GREATER 400)
      complain(${source} "has ${length} lines; at most 400 are allowed")
    endif()
  endforeach()
endfunction()

# A source includes the header of its name first, so that it is compiled with
# nothing before it.
function(check_own_header_first folder)
  file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/${folder}/*.cc)
  foreach(source IN LISTS sources)
    string(REGEX REPLACE "cc$" "h" header ${source})
    if(NOT EXISTS ${ROOT}/${header})
      string(REPLACE "src/api/" "els/" header ${header})
    endif()
    if(EXISTS ${ROOT}/${header} OR EXISTS ${ROOT}/include/${header})
      file(STRINGS ${ROOT}/${source} first REGEX "^#include" LIMIT_COUNT 1)
      if(NOT first STREQUAL "#include \"${header}\"")
        complain(${source} "does not include ${header} before any other")
      endif()
    endif()
  endforeach()
endfunction()

# The C library's functions give different bits on different processors; sqrt
# alone is exact.
set(libm "std::(exp|log|pow|sin|cos|tan|cbrt|hypot|tgamma|lgamma)[a-z0-9]*\\(")
set(clock "::now\\(|system_clock|gettimeofday|sleep_for|sleep_until|getenv")
set(io "<iostream>|<fstream>|<cstdio>|<filesystem>|printf\\(")
# <thread> is there for this_thread::yield.
set(threads "<future>|std::j?thread[^_]|std::async")
set(draws "<random>|_distribution|mt19937|BitGen")

check(include INCLUDES "absl/|els/|std(def|int)\\.h>" BANNED "${libm}|${clock}|${io}|${threads}|${draws}")
# The layers of the library, from below.
check(src/base INCLUDES "absl/|els/|src/base/")
check(src/score INCLUDES "els/|src/(base|score)/")
check(src/index INCLUDES "absl/|els/|src/(base|index)/")
check(src/set INCLUDES "absl/|els/|src/(base|score|index|set)/")
check(src/engine INCLUDES "absl/|els/|src/(base|score|index|set|engine)/")
check(src INCLUDES "absl/|els/|src/" BANNED "${libm}|${clock}|${io}|${threads}|_distribution|mt19937|BitGen")
# Theory's values are compared with. Of a simulation they decide only its length
# when it is validated, in whole service times.
check(sim BUT "sim/theory/theory[a-z_]*[.]cc" INCLUDES "absl/|boost/(heap|json|math|program_options|random)|els/|sched|sim/|nlopt[.]h|toml[+][+]/|unistd|zlib[.]h|zstd[.]h" BANNED "${libm}|${draws}")
check(examples INCLUDES "absl/|boost/|els/|examples/|openssl/|sys/|arpa/|netinet/|[a-z_]+\\.h>")
check(bench INCLUDES "absl/|benchmark/|els/|bench/|sim/")
check(tests INCLUDES ".*")

foreach(folder src sim examples bench)
  check_own_header_first(${folder})
endforeach()
