#!/usr/bin/env python3
"""A whole run through a real server: peer_check.py REDRAFT LLAMA_SERVER MODEL.gguf

Starts llama-server (16 slots, loopback, a port of its own) on MODEL, evolves a small brief through it, runs the same
command again (it must ask nothing), and the same evolution on the embedded engine. Prints tokens per second of both
(reply tokens by the wall time of the whole run). Exits 1 when anything is not as it must be.
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

signal.signal(signal.SIGTERM, lambda *_: sys.exit("peer: ended by a signal"))  # the server ends, too
redraft, server, model = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:4])
SLOTS = 16
PATIENCE = 600  # seconds to load the model; a shared machine is slow
DRAFTS = 8
SIZES = ["--initial", str(DRAFTS), "--top", "2", "--variants", "1", "--generations", "1", "--rounds", "2", "--seed", "1"]
BRIEF = "---\nwords: 10-120\n---\nA short scene at a ferry landing in winter. The last boat is late, and two people wait.\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(process, url):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"peer: error: llama-server ended with {process.returncode} before it was ready")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"peer: error: llama-server was not ready after {PATIENCE} s")


def evolve(folder, name, *how):
    """The last event of the run, and the seconds it took."""
    command = [redraft, "evolve", "brief.md", "--db", f"{name}.db", "--json", *SIZES, *how]
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(f"peer: error: {' '.join(command)} ended with {done.returncode}\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1]), seconds


def check(holds, what, event):
    if not holds:
        sys.exit(f"peer: error: {what}: {json.dumps(event)[:2000]}")


def report(name, event, seconds):
    tokens = event["tokens"]["out"]
    print(f"peer: {name}: {event['tries']} calls, {tokens} reply tokens in {seconds:.1f} s = {tokens / seconds:.0f} tok/s")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "brief.md").write_text(BRIEF)
    port = free_port()
    process = subprocess.Popen(
        [server, "-m", model, "--host", "127.0.0.1", "--port", str(port), "-np", str(SLOTS), "-c", str(SLOTS * 1024),
         "-t", str(len(os.sched_getaffinity(0)))],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}/health")
        through_server = ["--endpoint", f"http://127.0.0.1:{port}/v1", "--llm", pathlib.Path(model).stem,
                          "--concurrency", str(SLOTS)]
        event, seconds = evolve(folder, "server", *through_server)
        check(event["event"] == "done" and event["best"]["text"], "the run has no best text", event)
        check(event["calls"]["draft"] == DRAFTS and event["calls"]["variant"] > 0, "drafts or variants are missing", event)
        check(event["tokens"]["out"] > 0, "no tokens were counted", event)
        report("llama-server", event, seconds)
        again, _ = evolve(folder, "server", *through_server)
        check(again == event, "the finished run was not found again", again)
    finally:
        process.terminate()
        process.wait()
    embedded, seconds = evolve(folder, "embedded", "--llm", model)
    report("embedded engine", embedded, seconds)
