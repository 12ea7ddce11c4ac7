#!/usr/bin/env bash
# Builds the pinned llama.cpp once and prints the prefix that holds it (include/ common/ vendor/ lib/ bin/ share/).
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

features=$(grep -m1 -E '^(flags|Features)' /proc/cpuinfo || uname -m)
key=$(printf '%s\n' "$version" "${flags[@]}" "$(c++ --version | head -n1)" "$features" \
  "$(cat "$here/cmake/amx_fix.h")" | sha256sum | cut -c1-16)
prefix=$cache/llama-$version-$key
package=$cache/downloads/node-llama-cpp-$version.tgz
source=$cache/llama-src-$version
build=$cache/llama-build-$key
vocab=ggml-vocab-llama-spm.gguf  # a small real tokenizer, for tests that write models of their own

say() { echo "== $*" >&2; }
die() { echo "llama.sh: error: $*" >&2; exit 1; }
free_mb() { df -Pm "$cache" | awk 'NR == 2 {print $4}'; }
full() { [ "$(free_mb)" -lt 20 ]; }
disk_full() { die "the disk of $cache is full ($(free_mb) MB left); make room or set REDRAFT_CACHE to a folder on another disk"; }
matches() { [ "$(openssl dgst -sha512 -binary "$1" 2>/dev/null | base64 -w0)" = "$sha512" ]; }

finished() { [ -f "$prefix/done" ] && [ -f "$prefix/share/$vocab" ] && { [ -z "$peers" ] || [ -x "$prefix/bin/llama-server" ]; }; }

prepare_cache() {
  mkdir -p "$cache/downloads" 2>/dev/null && [ -w "$cache/downloads" ] \
    || die "cannot write to the cache folder $cache; set REDRAFT_CACHE to one that you can write"
  [ "$(free_mb)" -ge 600 ] \
    || die "building llama.cpp needs 600 MB and $cache has $(free_mb) MB left; make room or set REDRAFT_CACHE to a folder on another disk"
}

fetch() {
  [ -f "$package" ] && matches "$package" && return 0
  say "fetching llama.cpp (36 MB, npm package node-llama-cpp@$version)"
  rm -f "$package"
  local work; work=$(mktemp -d "$cache/downloads/npm.XXXXXX")
  if ! (cd "$work" && npm pack --loglevel=error "node-llama-cpp@$version") >"$work/log" 2>&1 </dev/null; then
    local reason; reason=$(grep -m1 -oE 'npm (ERR!|error) (code )?E[A-Z0-9]+' "$work/log" | grep -oE 'E[A-Z0-9]+$' || true)
    rm -rf "$work"
    full && disk_full
    die "npm could not fetch node-llama-cpp@$version${reason:+ ($reason)}; is the npm registry reachable? (Or put the package at $package.)"
  fi
  matches "$work"/node-llama-cpp-*.tgz \
    || { rm -rf "$work"; die "the npm package node-llama-cpp@$version does not have the pinned SHA-512 and was removed; do not use that registry, or review the new package and change the pin in tools/llama.sh"; }
  mv "$work"/node-llama-cpp-*.tgz "$package"; rm -rf "$work"
}

unpack() {
  [ -f "$source/CMakeLists.txt" ] && return 0
  rm -rf "$source" "$source.part" "$source.bundle"
  { tar -xzOf "$package" package/llama/gitRelease.bundle > "$source.bundle" \
    && git clone -q -c advice.detachedHead=false "$source.bundle" "$source.part"; } >"$source.log" 2>&1 \
    || { full && disk_full; die "cannot unpack $package; see $source.log"; }
  rm -f "$source.bundle"; mv "$source.part" "$source"
}

compile() {
  say "building llama.cpp v0.5.0 (once; a few minutes)"
  local targets=(llama llama-common ggml) tools=OFF fix="-include $here/cmake/amx_fix.h"
  [ -z "$peers" ] || { tools=ON; targets+=(llama-batched-bench llama-server); }
  export CCACHE_BASEDIR="$source" CCACHE_NOHASHDIR=1
  { cmake -S "$source" -B "$build" -G Ninja "${flags[@]}" -DLLAMA_BUILD_TOOLS=$tools -DLLAMA_BUILD_SERVER=$tools \
      -DCMAKE_C_FLAGS="$fix" -DCMAKE_CXX_FLAGS="$fix" && ninja -C "$build" "${targets[@]}"; } > "$build.log" 2>&1 </dev/null \
    || { full && disk_full; tail -n 20 "$build.log" >&2; die "building llama.cpp failed (above); the whole log is $build.log"; }
}

collect() {
  mkdir -p "$prefix"/{include,common,vendor,lib,bin,share}
  # Times are kept: nothing that includes these is compiled again when the peers are added.
  cp -p "$source"/include/*.h "$source"/ggml/include/*.h "$prefix/include/"
  (cd "$source/common" && find . -name '*.h' -exec cp -p --parents {} "$prefix/common/" \;)
  cp -pr "$source/vendor/." "$prefix/vendor/"
  cp "$source/models/$vocab" "$prefix/share/"
  find "$build" -name 'lib*.a' -exec cp {} "$prefix/lib/" \;
  [ -z "$peers" ] || cp "$build"/bin/llama-batched-bench "$build"/bin/llama-server "$prefix/bin/"
  touch "$prefix/done"
  rm -rf "$build"
}

if ! finished; then
  prepare_cache
  exec 9>"$cache/llama.lock"; flock 9  # two builds that start together: the second finds the work done
  finished || { fetch; unpack; compile; collect; }
fi
echo "$prefix"
