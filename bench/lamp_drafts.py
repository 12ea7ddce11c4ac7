#!/usr/bin/env python3
"""Machine drafts of LAMP as JSON Lines {"id", "text"}: the input of the best-of-N bench.

usage: lamp_drafts.py LAMP_FOLDER [COUNT]

One draft of each group of train-pairs.tsv (a group is one draft in the hands of several editors), in the order of the
hash of its words, so that the first COUNT are a fixed random sample.
"""
import csv
import hashlib
import json
import pathlib
import sys

HEAD, TAIL = "Paragraph:\n", "\n\nYou must produce"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    folder = pathlib.Path(sys.argv[1])
    rows = [json.loads(line) for line in open(folder / "lamp-R.train.jsonl", encoding="utf-8")]
    drafts = {}
    with open(folder / "train-pairs.tsv", encoding="utf-8", newline="") as pairs:
        for pair in csv.DictReader(pairs, delimiter="\t"):
            shown = next(m["content"] for m in rows[int(pair["draft_row"])]["messages"] if m["role"] == "user")
            drafts.setdefault(pair["group"], shown.split(HEAD, 1)[1].rsplit(TAIL, 1)[0].strip())
    order = sorted((hashlib.sha256(text.encode()).hexdigest(), group) for group, text in drafts.items())
    for _, group in order[: int(sys.argv[2]) if len(sys.argv) == 3 else None]:
        print(json.dumps({"id": f"lamp-{group}", "text": drafts[group]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
