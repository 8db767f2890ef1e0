"""Characters of a name that nobody sees: controls, line breaks, and what turns the direction of writing.

A name with one can pass for another name, and a line break makes two lines of one line of a log. Next: who takes
names from people refuses such ones. Who takes them from a phone system refuses controls (NUL, line breaks), which
are a mistake in a program, and cleans the others, since a call must not be lost.
"""

import unicodedata

JOINERS = "\u200c\u200d"  # Persian, the scripts of India and emoji need them
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # of Unicode's general categories; "Cn" is what it may assign yet
BREAKS = ("Zl", "Zp", "Zs")


def hidden_in(text: str) -> str | None:
    """The first character that nobody sees, as "U+202E"; None: there is none."""
    return next((f"U+{ord(char):04X}" for char in text if not _is_visible(char)), None)


def control_in(text: str) -> str | None:
    """The first control character, as "U+0000"; None: there is none."""
    return next((f"U+{ord(char):04X}" for char in text if unicodedata.category(char) == "Cc"), None)


def visible(text: str) -> str:
    """The text without them; breaks and tabs become one space."""
    kept = (" " if _breaks(char) else char if _is_visible(char) else "" for char in text)
    return " ".join("".join(kept).split())


def _is_visible(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) not in HIDDEN


def _breaks(char: str) -> bool:
    return char in "\t\n\v\f\r\x85" or unicodedata.category(char) in BREAKS
