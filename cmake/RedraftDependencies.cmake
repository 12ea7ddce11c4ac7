# Every third-party library the program links, in one place. Debian packages are listed in
# tools/packages.txt; llama.cpp is built once into the cache by ./dev (tools/llama.sh).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(Eigen3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(CMARK REQUIRED IMPORTED_TARGET libcmark)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(LIBXML REQUIRED IMPORTED_TARGET libxml-2.0)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

set(REDRAFT_LLAMA_DIR "" CACHE PATH "prefix made by tools/llama.sh: include/ and lib/ of the pinned llama.cpp")
if(NOT EXISTS ${REDRAFT_LLAMA_DIR}/lib/libllama.a)
  message(FATAL_ERROR "REDRAFT_LLAMA_DIR='${REDRAFT_LLAMA_DIR}' holds no lib/libllama.a; build through ./dev build, which makes it")
endif()
add_library(redraft_llama INTERFACE)
target_include_directories(redraft_llama SYSTEM INTERFACE
  ${REDRAFT_LLAMA_DIR}/include ${REDRAFT_LLAMA_DIR}/common ${REDRAFT_LLAMA_DIR}/vendor)
file(GLOB _llama_libs ${REDRAFT_LLAMA_DIR}/lib/*.a)
target_link_libraries(redraft_llama INTERFACE
  -Wl,--start-group ${_llama_libs} -Wl,--end-group Threads::Threads ${CMAKE_DL_LIBS})

add_library(redraft_dependencies INTERFACE)
target_link_libraries(redraft_dependencies INTERFACE
  fmt::fmt spdlog::spdlog OpenSSL::Crypto CURL::libcurl Eigen3::Eigen SQLiteCpp sqlite3
  ICU::uc ICU::i18n PkgConfig::ZSTD PkgConfig::CMARK PkgConfig::LIBZIP Threads::Threads redraft_llama)
target_compile_definitions(redraft_dependencies INTERFACE SPDLOG_FMT_EXTERNAL)

find_program(_mold mold)
if(_mold)
  add_link_options(-fuse-ld=mold)
endif()
find_program(_ccache ccache)
if(_ccache)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${_ccache})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
