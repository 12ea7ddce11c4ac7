#!/usr/bin/env python3
"""The four metrics and the cross-excerpt ratio of arXiv 2603.20957 in plain Python, the way a reader of the
definitions writes them down: what `./dev bench audit` measures redraft against, and checks its numbers with.

    audit_twin.py BOOK.json GENERATIONS.json     one JSON line with the metrics, tokens and CPU seconds

k = 5, trimming 5, spans over 20. ASCII texts only (the bench's are, but for quotation marks).
"""
import json
import re
import sys
import time

K, TRIM, OVER = 5, 5, 20
TOKEN = re.compile(r"\w+|[^\w\s]+")
KEPT = re.compile(r"[A-Za-z0-9]")


def tokens(text):
    return [t.lower() for t in TOKEN.findall(text) if KEPT.search(t)]


def grams(words, k):
    return [tuple(words[i:i + k]) for i in range(len(words) - k + 1)]


def runs_in_book(book, index, words):
    """Maximal diagonals of at least K words, as [start, end) of the book: seed, extend to both sides, remember."""
    seen = set()
    for j, gram in enumerate(grams(words, K)):
        for i in index.get(gram, ()):
            start, at = i, j
            while start > 0 and at > 0 and book[start - 1] == words[at - 1]:
                start, at = start - 1, at - 1
            if (start, at) in seen:
                continue
            seen.add((start, at))
            length = 0
            while start + length < len(book) and at + length < len(words) and book[start + length] == words[at + length]:
                length += 1
            yield start, start + length


def trimmed(book, start, end, prompted):
    keep = [True] * (end - start)
    for p in range(start, end - TRIM + 1):
        if tuple(book[p:p + TRIM]) in prompted:
            for i in range(p, p + TRIM):
                keep[i - start] = False
    i = 0
    while i < len(keep):
        stop = i
        while stop < len(keep) and keep[stop]:
            stop += 1
        if stop - i >= K:
            yield start + i, start + stop
        i = stop + 1


def places(words, word):
    at = -1
    try:
        while True:
            at = words.index(word, at + 1)
            yield at
    except ValueError:
        pass


def equal_stretches(excerpt, words, shortest):
    """Wherever two words are equal, how long the texts go on being equal: every pair, as the reference does."""
    for i, word in enumerate(excerpt):
        for j in places(words, word):
            length = 1
            while i + length < len(excerpt) and j + length < len(words) and excerpt[i + length] == words[j + length]:
                length += 1
            if length >= shortest:
                yield i, i + length


def greedy(spans, size):
    taken, count = [False] * size, 0
    for start, end in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            count += 1
    return count


def main():
    book_file, generation_file = sys.argv[1:3]
    records = json.load(open(generation_file))
    excerpts = {e["excerpt_id"]: tokens(e["excerpt_text"]) for e in json.load(open(book_file))}
    begin = time.process_time()
    book, own = [], {}
    for name, words in excerpts.items():
        own[name] = (len(book), len(book) + len(words))
        book += words
    index = {}
    for i, gram in enumerate(grams(book, K)):
        index.setdefault(gram, []).append(i)

    texts = [[tokens(g["generated_text"]) for g in record["generations"]] for record in records]
    generated = sum(len(words) for text in texts for words in text)
    mask = [False] * len(book)          # metrics 1 and 2
    sources = {}                        # cross-excerpt
    for record, text in zip(records, texts):
        prompted = set(grams(tokens(record["instruction"]), TRIM))
        for words in text:
            for start, end in runs_in_book(book, index, words):
                sources.setdefault((start, end), set()).add(record["excerpt_id"])
                for s, e in trimmed(book, start, end, prompted):
                    mask[s:e] = [True] * (e - s)
    longest = 0                         # metric 3
    for record, text in zip(records, texts):
        excerpt = excerpts[record["excerpt_id"]]
        for words in text:
            for start, end in equal_stretches(excerpt, words, K):
                longest = max(longest, end - start)
    spans = set()                       # metric 4
    for record, text in zip(records, texts):
        excerpt, offset = excerpts[record["excerpt_id"]], own[record["excerpt_id"]][0]
        for words in text:
            for start, end in equal_stretches(excerpt, words, max(K, OVER + 1)):
                spans.add((offset + start, offset + end))

    block, block_start, i = 0, 0, 0
    while i < len(mask):
        stop = i
        while stop < len(mask) and mask[stop]:
            stop += 1
        if stop - i > block:
            block, block_start = stop - i, i
        i = stop + 1
    crossing = counted = 0
    widest = -1
    for (start, end), names in sorted(sources.items(), key=lambda s: (s[0][0], -s[0][1])):
        if end <= widest:
            continue
        widest = end
        target = next((n for n, (lo, hi) in own.items() if lo <= start and end <= hi), None)
        if target is not None:
            counted += 1
            crossing += any(name != target for name in names)
    distinct = greedy(spans, len(book))
    seconds = time.process_time() - begin
    print(json.dumps({
        "tokens": generated, "seconds": seconds, "words_per_second": generated / seconds,
        "bmc": {"covered": sum(mask), "value": sum(mask) / len(book)},
        "block": {"length": block, "start": block_start, "end": block_start + block},
        "span": longest, "spans": distinct, "cross": {"crossing": crossing, "counted": counted}}))


if __name__ == "__main__":
    main()
