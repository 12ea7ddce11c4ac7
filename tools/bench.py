#!/usr/bin/env python3
"""Runs bench programs of a build folder: bench.py BUILD JSON_FILE_OR_EMPTY [NAME...]

Each bench prints its figures for people and writes {"<bench>": {"<figure>": number}} to the file given by --json;
they are merged into one file.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

build, out, wanted = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
known = sorted(p.name.removeprefix("bench_") for p in build.glob("bench_*") if p.is_file())
unknown = [name for name in wanted if name not in known]
if unknown:
    sys.exit(f"bench: error: no bench named {unknown[0]}; there are {', '.join(known) or 'none'}")

merged, failed = {}, []
for name in wanted or known:
    print(f"== bench {name}", flush=True)
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        if subprocess.run([build / f"bench_{name}", "--json", figures.name], stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
            continue
        merged.update(json.load(open(figures.name)))
if out:
    pathlib.Path(out).write_text(json.dumps(merged, indent=2) + "\n")
if failed:
    sys.exit(f"bench: error: failed: {', '.join(failed)}")
