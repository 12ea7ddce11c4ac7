#!/usr/bin/env bash
# Builds the pinned llama.cpp once and prints the prefix that holds it (include/ common/ vendor/ lib/ bin/).
#
#   tools/llama.sh CACHE           the static libraries
#   tools/llama.sh CACHE peers     also llama-batched-bench and llama-server, for the benches
#
# Source: the git bundle of llama.cpp v0.5.0 inside the npm package node-llama-cpp, pinned by SHA-512.
# The prefix is keyed by package version, flags, compiler and CPU features; a finished one is reused.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cache=$1 peers=${2:-}
version=3.22.1
sha512=bltIipuWmc123H7tMIgDGKSsSrhmhlQYeVUC48XTjVW7XGJJiJJyCdlTMzQ/LiWoPkGDpcL4FviDpgw7qfTiDw==
flags=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_OPENMP=OFF -DGGML_NATIVE=ON
  -DLLAMA_BUILD_COMMON=ON -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF
  -DLLAMA_BUILD_IS_DEV=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_UI=OFF)
say() { echo "redraft set-up: $*" >&2; }
die() { say "$*"; exit 1; }

features=$(grep -m1 -E '^(flags|Features)' /proc/cpuinfo || uname -m)
key=$(printf '%s\n' "$version" "${flags[@]}" "$(c++ --version | head -n1)" "$features" \
  "$(cat "$here/cmake/amx_fix.h")" | sha256sum | cut -c1-16)
prefix=$cache/llama-$version-$key
if [ -f "$prefix/done" ] && { [ -z "$peers" ] || [ -x "$prefix/bin/llama-server" ]; }; then
  echo "$prefix"
  exit 0
fi

mkdir -p "$cache/downloads" || die "cannot write to the cache folder $cache; set REDRAFT_CACHE to one that you can write"
package=$cache/downloads/node-llama-cpp-$version.tgz
digest() { openssl dgst -sha512 -binary "$1" | base64 -w0; }
if [ ! -f "$package" ] || [ "$(digest "$package")" != "$sha512" ]; then
  say "fetching llama.cpp (36 MB, npm package node-llama-cpp@$version)"
  work=$(mktemp -d "$cache/downloads/npm.XXXXXX")
  (cd "$work" && npm pack --silent "node-llama-cpp@$version" >/dev/null) \
    || { rm -rf "$work"; die "npm could not fetch node-llama-cpp@$version; is the npm registry reachable and is there room on the disk? (Or put the package at $package.)"; }
  mv "$work"/node-llama-cpp-*.tgz "$package"; rm -rf "$work"
fi
[ "$(digest "$package")" = "$sha512" ] || die "$package does not have the pinned SHA-512; remove it and try again"

source=$cache/llama-src-$version
if [ ! -f "$source/CMakeLists.txt" ]; then
  rm -rf "$source" "$source.bundle"
  tar -xzOf "$package" package/llama/gitRelease.bundle > "$source.bundle" || die "cannot unpack $package (disk full?)"
  git clone -q -c advice.detachedHead=false "$source.bundle" "$source.part" || die "cannot unpack $source.bundle (disk full?)"
  rm -f "$source.bundle"; mv "$source.part" "$source"
fi

build=$cache/llama-build-$key
say "building llama.cpp v0.5.0 (once; a few minutes)"
targets=(llama llama-common ggml)
tools=OFF
[ -n "$peers" ] && { tools=ON; targets+=(llama-batched-bench llama-server); }
fix="-include $here/cmake/amx_fix.h"
export CCACHE_BASEDIR="$source" CCACHE_NOHASHDIR=1
{ cmake -S "$source" -B "$build" -G Ninja "${flags[@]}" -DLLAMA_BUILD_TOOLS=$tools -DLLAMA_BUILD_SERVER=$tools \
    -DCMAKE_C_FLAGS="$fix" -DCMAKE_CXX_FLAGS="$fix" && ninja -C "$build" "${targets[@]}"; } > "$build.log" 2>&1 \
  || { tail -n 20 "$build.log" >&2; die "building llama.cpp failed; the whole log is $build.log"; }

mkdir -p "$prefix"/{include,common,vendor,lib,bin}
cp "$source"/include/*.h "$source"/ggml/include/*.h "$prefix/include/"
(cd "$source/common" && find . -name '*.h' -exec cp --parents {} "$prefix/common/" \;)
cp -r "$source/vendor/." "$prefix/vendor/"
find "$build" -name 'lib*.a' -exec cp {} "$prefix/lib/" \;
[ -z "$peers" ] || cp "$build"/bin/llama-batched-bench "$build"/bin/llama-server "$prefix/bin/"
touch "$prefix/done"
[ -n "$peers" ] || rm -rf "$build"
echo "$prefix"
