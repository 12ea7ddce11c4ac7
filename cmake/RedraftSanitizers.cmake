# -DREDRAFT_SANITIZE=address (with undefined behaviour checks) or =thread.
set(REDRAFT_SANITIZE "" CACHE STRING "address, thread or empty")
if(REDRAFT_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=address,undefined)
elseif(REDRAFT_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -O1)
  add_link_options(-fsanitize=thread)
endif()
