add_library(redraft_warnings INTERFACE)
target_compile_options(redraft_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(redraft_warnings INTERFACE -Wno-restrict -Wno-missing-field-initializers)
  if(REDRAFT_SANITIZE STREQUAL "thread")  # which makes g++-12 raise the false alarms of the tests here too
    target_compile_options(redraft_warnings INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
else()
  # clang sees a deprecated helper inside libstdc++'s own std::stable_sort.
  target_compile_options(redraft_warnings INTERFACE -Wno-missing-field-initializers -Wno-deprecated-declarations)
endif()

# Tests put strings together in ways about which g++-12 raises false alarms.
add_library(redraft_test_warnings INTERFACE)
target_link_libraries(redraft_test_warnings INTERFACE redraft_warnings)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(redraft_test_warnings INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()
