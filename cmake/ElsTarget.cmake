# What every target of this project is compiled with, and no target of anybody
# else: warnings, the sanitizer asked for, and arithmetic that gives the same
# bits everywhere (no fused multiply-add, so no processor-dependent rounding).
function(els_target target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow
                                           -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(
      ${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wthread-safety>)
  elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms at every "literal" + string (GCC bug 105651), of these kinds,
    # too, where headers are precompiled.
    target_compile_options(
      ${target} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict -Wno-array-bounds
                                -Wno-stringop-overflow -Wno-stringop-overread>)
  endif()
  if(ELS_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(ELS_SANITIZE)
    # clang 14 cannot emit the function check in coroutines: "Cannot represent
    # a difference across sections".
    target_compile_options(
      ${target} PRIVATE -fsanitize=${ELS_SANITIZE} -fno-omit-frame-pointer
                        -fno-sanitize-recover=all
                        $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fno-sanitize=function>)
    target_link_options(${target} PUBLIC -fsanitize=${ELS_SANITIZE})
  endif()
endfunction()

# els_compile_quickly(TARGET): for programs and tests, which spend their time in the
# libraries. Under sanitizers most of the time of compiling them is the optimiser's,
# as it sees all the checks.
function(els_compile_quickly target)
  if(ELS_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# els_compile_test_quickly(TARGET): the same of what only tests link, which need not be
# fast elsewhere either.
function(els_compile_test_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  els_compile_quickly(${target})
endfunction()

# els_test(NAME SOURCES file... LIBRARIES target...): one GoogleTest program,
# every case of it a test of its own for ctest.
function(els_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    # For what hangs; far more than any test takes, also on a busy machine.
    set(ARG_TIMEOUT 900)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  els_target(${name})
  els_compile_test_quickly(${name})
  els_units(${name})
  if(ELS_SANITIZE)  # See tests/sanitized.h.
    target_compile_definitions(${name} PRIVATE ELS_SANITIZED)
  endif()
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gtest_main)
  if(TARGET els_test_headers)
    target_precompile_headers(${name} REUSE_FROM els_test_headers)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
