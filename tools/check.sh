#!/usr/bin/env bash
# Parts of `./dev check`:  check.sh sources | format | tidy BUILD [--all] | fuzz BUILD
set -euo pipefail
cd "$(dirname "$0")/.."

# Every C++ file under version control, or new and not ignored.
sources() {
  git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp' | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
  done
}

format() {
  sources | xargs clang-format-19 --dry-run -Werror || { echo "format: run ./dev fmt" >&2; return 1; }
}

# The .cpp files that changed since the branch left main (on main: in the last commit), and those beside changed headers.
changed() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
  [ "$base" != "$(git rev-parse HEAD)" ] || base=$(git rev-parse -q --verify HEAD~1) || { sources | grep '\.cpp$'; return; }
  { git diff --name-only "$base" -- '*.h' '*.cpp'; git ls-files --others --exclude-standard -- '*.h' '*.cpp'; } \
    | sed 's/\.h$/.cpp/' | sort -u | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

tidy() {
  local build=$1 files
  if [ "${2:-}" = --all ]; then files=$(sources | grep '\.cpp$'); else files=$(changed); fi
  files=$(grep '^redraft/' <<<"$files" || true)
  [ -n "$files" ] || { echo "tidy: nothing changed" >&2; return 0; }
  echo "tidy: $(wc -l <<<"$files") files" >&2
  xargs -P "$(nproc)" -n 1 clang-tidy-19 -p "$build" --quiet <<<"$files" 2> >(grep -v 'warnings\? generated\|^Suppressed\|^Use -header' >&2)
}

# seeds FUZZER: which files of the repository have its format.
seeds() {
  case $1 in
    brief) echo 'examples/*.md';;
    reward_model) echo 'data/reward/default.rdm';;
    book | detect) echo 'data/qualification/passages/*.md';;
    docx) echo 'tests/fuzz/*.xml';;
    verdict) echo 'data/judge/*.jsonl';;
    lm_reward | *_reply) echo 'data/reward/lm.json';;
    *) echo '*.toml';;
  esac
}

# Each fuzzer starts from files of its format in the repository and from what earlier runs found (kept in the cache).
fuzz() {
  local build=$1 fuzzer name corpus pids=() names=() i failed=0
  for fuzzer in "$build"/fuzz_*; do
    [[ -x $fuzzer && $fuzzer != *.log ]] || continue
    name=${fuzzer##*/fuzz_}
    corpus=${REDRAFT_CACHE:-.cache}/fuzz/$name
    mkdir -p "$corpus"
    git ls-files -- "$(seeds "$name")" | while read -r file; do
      cp "$file" "$corpus/${file//\//_}"
    done
    "$fuzzer" "$corpus" -max_total_time="${REDRAFT_FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
      -artifact_prefix="$build/" -print_final_stats=1 >"$fuzzer.log" 2>&1 </dev/null &
    pids+=($!) names+=("$name")
  done
  [ ${#pids[@]} -gt 0 ] || { echo "fuzz: no fuzzers in $build" >&2; return 1; }
  for i in "${!pids[@]}"; do
    if wait "${pids[i]}"; then
      echo "fuzz ${names[i]}: $(awk '/number_of_executed_units/ {print $2}' "$build/fuzz_${names[i]}.log") inputs, no failure" >&2
    else
      tail -n 40 "$build/fuzz_${names[i]}.log" >&2; echo "fuzz ${names[i]}: failed; the input is kept in $build/" >&2; failed=1
    fi
  done
  return $failed
}

"$@"
