# redraft_embed(TARGET folder...): every file of the folders becomes part of the program and is read
# through redraft/base/assets.h under its path in the repository.
find_program(REDRAFT_PYTHON python3 REQUIRED)
function(redraft_embed _target)
  set(_names)
  foreach(_folder IN LISTS ARGN)
    file(GLOB_RECURSE _found CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${_folder}/*)
    list(APPEND _names ${_found})
  endforeach()
  set(_paths ${_names})
  list(TRANSFORM _paths PREPEND ${CMAKE_SOURCE_DIR}/)
  set(_out ${CMAKE_BINARY_DIR}/generated/assets.cpp)
  add_custom_command(OUTPUT ${_out}
    COMMAND ${REDRAFT_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/embed.py ${_out} ${CMAKE_SOURCE_DIR} ${_names}
    COMMAND ${CMAKE_COMMAND} -E touch ${_out}
    DEPENDS ${_paths} ${CMAKE_SOURCE_DIR}/cmake/embed.py VERBATIM)
  target_sources(redraft_lib PRIVATE ${_out})
  set_source_files_properties(${_out} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS "-Wno-pedantic")
endfunction()
