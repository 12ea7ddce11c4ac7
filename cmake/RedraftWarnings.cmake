add_library(redraft_warnings INTERFACE)
target_compile_options(redraft_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(redraft_warnings INTERFACE -Wno-restrict -Wno-missing-field-initializers)
else()
  # clang sees a deprecated helper inside libstdc++'s own std::stable_sort.
  target_compile_options(redraft_warnings INTERFACE -Wno-missing-field-initializers -Wno-deprecated-declarations)
endif()
