"""Which words the model knows: ours, those of the published counts, then common English up to LARGEST.

Common English is SCOWL's lists 10 and 20 (Debian package `scowl`), read where the package installs them. Words
without a pronunciation are left out and reported. Next: `graph.py`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from training.counts import Counts
from training.lexicon import spoken

SCOWL = Path("/usr/share/dict/scowl")
LARGEST = 15_000
_COMMON = ("english-words.10", "american-words.10", "english-words.20", "american-words.20")


def vocabulary(own: set[str], counts: Counts) -> list[str]:
    """Sorted words, every one with a pronunciation."""
    chosen = {word for word in own if spoken(word)}
    chosen |= {gram[0] for gram in counts if len(gram) == 1 and spoken(gram[0])}
    for word in _common():
        if len(chosen) >= LARGEST:
            break
        if spoken(word):
            chosen.add(word)
    return sorted(chosen)


def unpronounceable(own: Iterable[str]) -> list[str]:
    """Our own words that `text/pronunciations.tsv` should have."""
    return sorted(word for word in set(own) if not spoken(word))


def _common() -> Iterator[str]:
    for name in _COMMON:
        for line in (SCOWL / name).read_text(encoding="latin-1").splitlines():
            if line.isascii() and line.isalpha() and line.islower():
                yield line
