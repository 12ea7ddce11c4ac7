#!/usr/bin/env python3
"""Rules about the tree that no compiler checks; run by ./dev test. Prints every violation and exits 1 if there are any.

  levels   a module includes only modules of lower levels; includes within one level are forbidden (ARCHITECTURE.md)
  quiet    library code neither prints nor exits: only cli/ and the contract check in base/check.cpp may
  size     a source file has at most 450 lines
  hosts    no package registry is named: the clients know where theirs is
  paths    no absolute path of somebody's machine
"""
import pathlib
import re
import subprocess
import sys

LEVELS = {"base": 0, "core": 1, "text": 2, "stats": 2, "rank": 3, "gguf": 3, "store": 3, "audit": 3, "reward": 3,
          "llm": 4, "study": 4, "judge": 5, "edit": 5, "evolve": 6, "web": 7, "cli": 8}
MAX_LINES = 450
INCLUDE = re.compile(r'^\s*#\s*include\s+"redraft/(\w+)/', re.M)
LOUD = re.compile(r"\bstd::(cout|cerr|clog)\b|(?<![\w.>:])(?:std::)?(printf|puts|putchar|fprintf|fputs|exit|_exit|quick_exit)\s*\(|"
                  r"\bfmt::print\b")
# Written in two pieces, so that this file does not name them either.
HOSTS = re.compile("|".join(a + b for a, b in [
    ("pypi", r"\.org"), ("pythonhosted", r"\.org"), ("npmjs", r"\.(?:org|com)"), ("yarnpkg", r"\.com"),
    ("deb", r"\.debian\.org"), ("crates", r"\.io"), ("anaconda", r"\.org"), ("proxy", r"\.golang\.org")]))
PATHS = re.compile("(?<![\\w.~$}/:])/(?:" + "home|root|work|Users" + ")/[\\w.-]")
TEXT = {".h", ".cpp", ".cmake", ".py", ".sh", ".md", ".toml", ".txt", ".json", ".ts", ".tsx", ".html", ".css", ".tsv", ".jsonl", ""}


def tracked(root):
    """Files under version control or new and not ignored; all files where there is no git."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True)
    if listed.returncode == 0:
        return sorted(name for name in listed.stdout.decode().split("\0") if name and (root / name).is_file())
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def without_comments(text):
    """C++ source with comments and string contents blanked, lines kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda m: '""' if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_source(name, text):
    """Violations of one C++ file under redraft/."""
    module = pathlib.PurePath(name).parts[1]
    if module not in LEVELS:
        yield f"{name}: module {module} has no level; add it to LEVELS in tools/check_tree.py and to ARCHITECTURE.md"
        return
    for match in INCLUDE.finditer(text):
        other = match[1]
        if other != module and LEVELS.get(other, 99) >= LEVELS[module]:
            yield (f"{name}:{line_of(text, match.start(1))}: {module} (level {LEVELS[module]}) includes {other} "
                   f"(level {LEVELS.get(other, '?')}); only lower levels are allowed")
    code = without_comments(text)
    if module != "cli" and name != "redraft/base/check.cpp" and not name.endswith("_test.cpp"):
        for match in LOUD.finditer(code):
            yield f"{name}:{line_of(code, match.start())}: library code must not print or exit: {match[0].strip()}"


def check_any(name, text):
    """Violations that any text file can have."""
    if name.endswith((".h", ".cpp")) and text.count("\n") > MAX_LINES:
        yield f"{name}: {text.count(chr(10))} lines; at most {MAX_LINES}: split it by what it does"
    for rule, what in ((HOSTS, "names a package registry"), (PATHS, "holds an absolute path")):
        for match in rule.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: {what}: {match[0]}"


def violations(root):
    for name in tracked(root):
        path = root / name
        if path.suffix not in TEXT:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name.startswith("redraft/") and path.suffix in {".h", ".cpp"}:
            yield from check_source(name, text)
        yield from check_any(name, text)


if __name__ == "__main__":
    found = list(violations(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()))
    for violation in found:
        print(violation)
    print(f"check_tree: {len(found)} violations" if found else "check_tree: ok")
    sys.exit(1 if found else 0)
