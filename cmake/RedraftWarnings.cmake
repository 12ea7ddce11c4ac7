add_library(redraft_warnings INTERFACE)
target_compile_options(redraft_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # The first three are false alarms of g++-12 about strings that are put together.
  target_compile_options(redraft_warnings INTERFACE
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-missing-field-initializers)
else()
  target_compile_options(redraft_warnings INTERFACE -Wno-missing-field-initializers)
endif()
