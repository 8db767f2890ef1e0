"""Counts of word sequences, and the file of counts from conversations that other people published.

`counts.tsv.gz` holds n-grams of one to three words that occur often in permissively licensed dialogue collections
(sources and licences: README.md). It never holds a text: rare sequences are left out, and so are numbers and names
of the speakers. `python -m training.counts OUTPUT FILE…` makes it from JSON Lines with a `text` each. Next:
`lm.py`.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

Counts = Counter[tuple[str, ...]]

ORDER = 3
FEWEST = {1: 2, 2: 3, 3: 4}  # n-grams seen less often are left out
BEGIN, END = "<s>", "</s>"
FILE = Path(__file__).parent / "counts.tsv.gz"
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_SENTENCE = re.compile(r"[.!?;:()\"\n]+")


def count(sentences: Iterable[str]) -> Counts:
    """N-grams of up to ORDER words, with marks for begin and end."""
    counts: Counts = Counter()
    for sentence in sentences:
        words = [BEGIN, *sentence.split(), END]
        for end in range(len(words)):
            for order in range(1, min(ORDER, end + 1) + 1):
                counts[tuple(words[end + 1 - order : end + 1])] += 1
    return counts


def read(file: Path = FILE) -> Counts:
    """The published counts."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return Counter({tuple(words.split(" ")): int(number) for words, number in rows})


def write(counts: Counts, file: Path) -> None:
    """Only what occurred often enough, in alphabetical order, so that the file is the same every time."""
    kept = sorted((words, number) for words, number in counts.items() if number >= FEWEST[len(words)])
    text = "".join(f"{' '.join(words)}\t{number}\n" for words, number in kept)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def plain_sentences(text: str) -> Iterator[str]:
    """Lower-case sentences without punctuation; one with digits or foreign letters is dropped."""
    for sentence in _SENTENCE.split(text.lower().replace("\u2019", "'")):
        words = sentence.replace(",", " ").replace("-", " ").split()
        if words and all(_WORD.fullmatch(word) for word in words):
            yield " ".join(words)


def main(output: str, *files: str) -> None:
    """Counts every `text` of JSON Lines files."""
    texts = (json.loads(line)["text"] for file in files for line in Path(file).read_text("utf-8").splitlines())
    write(count(sentence for text in texts for sentence in plain_sentences(text)), Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
