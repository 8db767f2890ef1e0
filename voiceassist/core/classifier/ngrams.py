"""The names of the n-grams that the classifier weighs. Training and run time share them and cannot drift apart.

Tokens hold letters and digits only, so the marks used here (space, "_", "^", "@", "<", ">") never clash with one.
Knows no weight and no word. Next: `model.py` looks the names up, `training/vocabulary.py` collects them.
"""

from collections.abc import Iterator, Sequence

CHARACTERS = (3, 4, 5)  # lengths of the pieces of a word: endings, stems, and what a recogniser half heard
BEFORE = 2  # tokens of the previous turn that count: how a question begins says what a "no" denies


def token_ngrams(token: str) -> Iterator[str]:
    """The pieces of one token, with its ends marked: "not" → "<no", "not", "ot>" ..., as "#<no"."""
    marked = f"<{token}>"
    for size in CHARACTERS:
        for start in range(len(marked) - size + 1):
            yield f"#{marked[start : start + size]}"


def pair(first: str, second: str) -> str:
    """Two tokens in a row."""
    return f"{first} {second}"


def triple(first: str, second: str, third: str) -> str:
    """Three tokens in a row."""
    return f"{first} {second} {third}"


def around(first: str, third: str) -> str:
    """Two tokens with any one between them."""
    return f"{first} _ {third}"


def opening_ngrams(tokens: Sequence[str], before: Sequence[str]) -> Iterator[str]:
    """How a turn of at least one token begins, alone and after the beginning of the previous turn."""
    first = tokens[0]
    yield f"^ {first}"
    if before:
        yield f"@{before[0]} ^ {first}"
        yield f"@{' '.join(before[:BEFORE])} ^ {first}"
        yield f"@{before[0]} ^ {' '.join(tokens[:2])}"
