#!/usr/bin/env python3
"""Machine texts beside the passages of data/qualification, written by an embedded model of Redraft.

  tools/qualification_rewrites.py --ledger DB [--model ID] [--forms F,…] [--seed N] [--temperature X] [--limit N]

For the first N passages of each form the model is asked twice, through `redraft bench content` with prompts/write/content.md:
to rewrite the passage, and to write it from its brief alone. A text is cut behind its last whole sentence that ends within
110 % of the passage's words; it is kept when it then has at least 60 % of them, and does not copy
the passage (less than half of its word trigrams stand in it). What is turned down is counted, with the reason. What is kept
goes to data/qualification/rewrites.jsonl and how it was made to rewrites.made.json, form by form. What other models or forms
have there stays as it is; the replies stay in the ledger DB, so a second call with the same arguments asks nothing.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "qualification"
SHORTEST, LONGEST, MOST_COPIED, REPLY_TOKENS = 0.6, 1.10, 0.5, 320
REWRITE = "Rewrite this passage in your own words, as well as you can. Keep what happens in it and its length of about {words} words.\n\n{text}"
FRESH = "{brief}\n\nWrite about {words} words."


def passages(form):
    """[(id, brief, text)] of one form, in the order of its file."""
    found = []
    for part in (FOLDER / "passages" / f"{form}.md").read_text().split("\n## ")[1:]:
        head, brief, text = re.fullmatch(r"(\S+)\nBrief: ([^\n]+)\n\n(.+)", part, re.S).groups()
        found.append((head, brief, text.strip()))
    return found


def trigrams(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i:i + 3]) for i in range(len(words) - 2)}


def cut(text, original):
    """The whole sentences of `text` that end within the longest length."""
    longest, kept = LONGEST * len(original.split()), 0
    for end in re.finditer(r"""[.!?]["')\]*]*(?=\s|$)""", text):
        if len(text[:end.end()].split()) <= longest:
            kept = end.end()
    return text[:kept]


def fault(text, original):
    """Why a machine text is not used, or None."""
    if len(text.split()) < SHORTEST * len(original.split()):
        return "too short"
    own = trigrams(text)
    return "copied" if len(own & trigrams(original)) >= MOST_COPIED * len(own) else None


def ask(form, options):
    """The replies to the briefs of one form: {(id, "short" or "detailed"): text}."""
    with tempfile.TemporaryDirectory() as folder:
        briefs, out = pathlib.Path(folder, "briefs.jsonl"), pathlib.Path(folder, "texts.jsonl")
        with briefs.open("w") as file:
            for head, brief, text in passages(form)[:options.limit]:
                words = round(len(text.split()), -1)
                file.write(json.dumps({"id": head, "short": FRESH.format(brief=brief, words=words),
                                       "detailed": REWRITE.format(text=text, words=words)}) + "\n")
        subprocess.run([ROOT / "build" / "redraft", "bench", "content", briefs, "--llm", options.model, "--json", "--seed",
                        str(options.seed), "--temperature", str(options.temperature), "--reply-tokens", str(REPLY_TOKENS),
                        "--db", options.ledger, "-o", out],
                       check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
    return {(line["id"], line["condition"]): line["text"].strip() for line in lines}


def choose(form, replies, options):
    """The texts kept of one form and those turned down."""
    kept, refused = [], []
    for head, _, original in passages(form)[:options.limit]:
        for condition, task in (("detailed", "rewrite"), ("short", "fresh")):
            reply = replies.get((head, condition), "")
            text = cut(reply, original)
            entry = {"passage": head, "form": form, "model": options.model, "task": task}
            why = fault(text, original)
            if why:
                refused.append(entry | {"reason": why})
            else:
                kept.append(entry | {"seed": options.seed, "temperature": options.temperature, "cut": text != reply,
                                     "words": len(text.split()), "text": text})
    return kept, refused


def model_hash(model):
    registry = (ROOT / "data" / "models.toml").read_text()
    return re.search(rf'id = "{re.escape(model)}".*?\nsha256 = "(\w+)"', registry, re.S)[1]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--ledger", required=True)
    args.add_argument("--model", default="qwen2.5-coder-1.5b-instruct")
    args.add_argument("--forms", default=",".join(sorted(p.stem for p in (FOLDER / "passages").glob("*.md"))))
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--temperature", type=float, default=0.8)
    args.add_argument("--limit", type=int, default=2)
    options = args.parse_args()
    store, made_file = FOLDER / "rewrites.jsonl", FOLDER / "rewrites.made.json"
    forms = options.forms.split(",")
    lines = [json.loads(line) for line in store.read_text().splitlines()] if store.exists() else []
    made = json.loads(made_file.read_text()) if made_file.exists() else {"models": {}, "turned_down": []}

    def others(entries):
        return [entry for entry in entries if entry["form"] not in forms or entry["model"] != options.model]

    lines, refused = others(lines), others(made["turned_down"])
    for form in forms:
        kept, bad = choose(form, ask(form, options), options)
        lines += kept
        refused += bad
        print(f"{form}: {len(kept)} kept, {len(bad)} turned down", file=sys.stderr, flush=True)
        lines.sort(key=lambda line: (line["form"], line["passage"], line["model"], line["task"]))
        refused.sort(key=lambda entry: (entry["form"], entry["passage"], entry["model"], entry["task"]))
        store.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        made_file.write_text(json.dumps({
            "command": "tools/qualification_rewrites.py",
            "models": made["models"] | {options.model: model_hash(options.model)},
            "prompt_file": "prompts/write/content.md", "rewrite_prompt": REWRITE, "fresh_prompt": FRESH,
            "reply_tokens": REPLY_TOKENS, "words": [SHORTEST, LONGEST], "most_copied": MOST_COPIED, "kept": len(lines),
            "turned_down": refused}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
