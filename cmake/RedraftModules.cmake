# One static library from the module folders, one program, one test program per module.

function(redraft_modules)
  set(_sources)
  foreach(_module IN LISTS ARGN)
    file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/redraft/${_module}/*.cpp)
    list(FILTER _found EXCLUDE REGEX "(_test|/main)\\.cpp$")
    list(APPEND _sources ${_found})
  endforeach()
  configure_file(${CMAKE_SOURCE_DIR}/cmake/version.h.in ${CMAKE_BINARY_DIR}/generated/redraft/base/version.h @ONLY)
  add_library(redraft_lib STATIC ${_sources})
  target_include_directories(redraft_lib PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(redraft_lib PUBLIC redraft_dependencies PRIVATE redraft_warnings)
  target_precompile_headers(redraft_lib PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
  set(REDRAFT_MODULES ${ARGN} PARENT_SCOPE)
endfunction()

function(redraft_program _name)
  add_executable(${_name} ${CMAKE_SOURCE_DIR}/redraft/cli/main.cpp)
  target_link_libraries(${_name} PRIVATE redraft_lib redraft_warnings)
endfunction()

# redraft/<module>/*_test.cpp -> test_<module>; tests/integration/*_test.cpp -> test_integration; and
# mock_server, the model server that tests and benches talk to. All test programs share one precompiled header.
# Label "unit": what the sanitizer builds run. Under the thread sanitizer that is the modules with threads of their own;
# llama.cpp is not instrumented, so gguf is not among them.
function(redraft_tests)
  if(REDRAFT_SANITIZE STREQUAL "thread")
    set(_unit base llm)
  else()
    set(_unit ${REDRAFT_MODULES})
    list(REMOVE_ITEM _unit gguf web cli)
  endif()
  add_library(loopback_server STATIC EXCLUDE_FROM_ALL tests/mock_server/loopback_server.cpp)
  target_link_libraries(loopback_server PUBLIC redraft_lib PRIVATE redraft_warnings)
  add_executable(mock_server EXCLUDE_FROM_ALL tests/mock_server/mock_server.cpp)
  target_link_libraries(mock_server PRIVATE loopback_server redraft_warnings)

  file(WRITE ${CMAKE_BINARY_DIR}/generated/test_headers.cpp "")
  add_library(test_headers OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/generated/test_headers.cpp)
  target_link_libraries(test_headers PUBLIC redraft_lib redraft_test_warnings GTest::gmock rapidcheck)
  target_precompile_headers(test_headers PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h
    <gmock/gmock.h> <gtest/gtest.h>)
  foreach(_module IN LISTS REDRAFT_MODULES ITEMS integration)
    if(_module STREQUAL integration)
      file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/integration/*_test.cpp)
    else()
      file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/redraft/${_module}/*_test.cpp)
    endif()
    if(_found)
      add_executable(test_${_module} EXCLUDE_FROM_ALL ${_found})
      target_link_libraries(test_${_module} PRIVATE redraft_lib redraft_test_warnings loopback_server
        GTest::gmock_main rapidcheck)
      target_compile_definitions(test_${_module} PRIVATE REDRAFT_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        REDRAFT_BINARY="${CMAKE_BINARY_DIR}/redraft" REDRAFT_MOCK_SERVER="${CMAKE_BINARY_DIR}/mock_server"
        REDRAFT_LLAMA_DIR="${REDRAFT_LLAMA_DIR}")
      target_precompile_headers(test_${_module} REUSE_FROM test_headers)
      add_test(NAME ${_module} COMMAND test_${_module})
      if(_module STREQUAL integration)
        set_tests_properties(${_module} PROPERTIES PROCESSORS 2)  # an embedded model at work: beside others both crawl
      endif()
      list(APPEND _all test_${_module})
      if(_module IN_LIST _unit)
        set_tests_properties(${_module} PROPERTIES LABELS unit)
        list(APPEND _all_unit test_${_module})
      endif()
    endif()
  endforeach()
  add_dependencies(test_llm mock_server)  # which its tests start
  add_custom_target(redraft_unit_tests DEPENDS ${_all_unit})
  if(TARGET redraft)
    add_custom_target(redraft_all_tests DEPENDS ${_all} redraft mock_server)
    add_test(NAME tree COMMAND ${REDRAFT_PYTHON} ${CMAKE_SOURCE_DIR}/tools/check_tree.py)
    add_test(NAME tree_rules COMMAND ${REDRAFT_PYTHON} ${CMAKE_SOURCE_DIR}/tools/check_tree_test.py)
  endif()
endfunction()

# bench/*_bench.cpp -> bench_<name>
function(redraft_benches)
  file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*_bench.cpp)
  foreach(_file IN LISTS _found)
    get_filename_component(_name ${_file} NAME_WE)
    string(REGEX REPLACE "_bench$" "" _name ${_name})
    add_executable(bench_${_name} EXCLUDE_FROM_ALL ${_file})
    target_link_libraries(bench_${_name} PRIVATE redraft_lib redraft_warnings)
    list(APPEND _all bench_${_name})
  endforeach()
  add_dependencies(bench_endpoint mock_server)  # which it starts
  add_custom_target(redraft_all_benches DEPENDS ${_all})
endfunction()

# tests/fuzz/<name>_fuzz.cpp -> fuzz_<name>, with libFuzzer: for a build folder of clang's own (-DREDRAFT_FUZZ=ON).
# They stand on a small library of what they fuzz, compiled with coverage and sanitizers.
function(redraft_fuzzers)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "REDRAFT_FUZZ needs clang; build through ./dev check")
  endif()
  set(_sources edit/apply.cpp edit/docx.cpp edit/docx_body.cpp edit/docx_changes.cpp edit/docx_package.cpp
    edit/docx_styles.cpp edit/taxonomy.cpp gguf/registry.cpp judge/quotation.cpp judge/structured_verdict.cpp judge/verdict_parser.cpp
    llm/anthropic_format.cpp llm/dialect.cpp llm/openai_format.cpp llm/reply_members.cpp llm/reward_format.cpp
    llm/server_error.cpp llm/wire_format.cpp)
  list(TRANSFORM _sources PREPEND ${CMAKE_SOURCE_DIR}/redraft/)
  foreach(_module IN ITEMS base core text stats reward audit edit)
    file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/redraft/${_module}/*.cpp)
    list(FILTER _found EXCLUDE REGEX "_test\\.cpp$")
    list(APPEND _sources ${_found})
  endforeach()
  add_library(redraft_fuzzed STATIC EXCLUDE_FROM_ALL ${_sources} ${CMAKE_BINARY_DIR}/generated/assets.cpp)
  target_include_directories(redraft_fuzzed PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(redraft_fuzzed PUBLIC redraft_dependencies PRIVATE redraft_warnings)
  target_compile_options(redraft_fuzzed PRIVATE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  file(GLOB _found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
  foreach(_file IN LISTS _found)
    get_filename_component(_name ${_file} NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" _name ${_name})
    add_executable(fuzz_${_name} EXCLUDE_FROM_ALL ${_file})
    target_link_libraries(fuzz_${_name} PRIVATE redraft_fuzzed redraft_warnings)
    target_compile_options(fuzz_${_name} PRIVATE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
    target_link_options(fuzz_${_name} PRIVATE -fsanitize=fuzzer,address,undefined)
    list(APPEND _all fuzz_${_name})
  endforeach()
  add_custom_target(redraft_all_fuzzers DEPENDS ${_all})
endfunction()
