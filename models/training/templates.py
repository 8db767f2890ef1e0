"""Reads the sentence templates in `text/` and makes sentences of them.

`{slot}` is any entry of that slot, `(a|b|)` any of the alternatives; both nest. One template per line, `#` begins
a comment. Never invents words: everything is in the files. Next: `counts.py` counts the sentences, `cast.py` has
them spoken.
"""

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_INNERMOST = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{([^{}]+)\}")
_SYNTAX = re.compile(r"[()|]")
_LEGAL = re.compile(r"[a-z' ]*")


class TemplateError(ValueError):
    """A template that makes no sentence; the message says which."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Everything in a folder of templates."""

    lines: tuple[str, ...]
    slots: dict[str, list[str]]


def load_templates(folder: Path) -> Templates:
    """All `*.txt` and `slots*.toml` of a folder. Raises TemplateError for a line that cannot be expanded."""
    lines = [line for file in sorted(folder.glob("*.txt")) for line in _lines(file)]
    slots: dict[str, list[str]] = {}
    for file in sorted(folder.glob("slots*.toml")):
        slots |= tomllib.loads(file.read_text(encoding="utf-8"))
    templates = Templates(tuple(lines), slots)
    for line in lines:
        expand(line, slots, random.Random(0))
    return templates


def _lines(file: Path) -> list[str]:
    stripped = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def expand(template: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    """One sentence of a template: lower-case words, single spaces. Raises TemplateError."""
    text = template
    while True:
        if found := _INNERMOST.search(text):
            chosen = chance.choice(found[1].split("|"))
        elif found := _SLOT.search(text):
            chosen = chance.choice(_entries(found[1], slots, template))
        else:
            break
        text = text[: found.start()] + chosen + text[found.end() :]
    if not _LEGAL.fullmatch(text):
        raise TemplateError(f"template {template!r}: {text!r} has characters other than a-z, ' and space")
    return " ".join(text.split())


def _entries(name: str, slots: dict[str, list[str]], template: str) -> list[str]:
    if name not in slots:
        raise TemplateError(f"template {template!r}: there is no slot {name!r}")
    return slots[name]


def sentences(templates: Templates, copies: int, chance: random.Random) -> list[str]:
    """Every template expanded `copies` times, so that each weighs the same; shuffled."""
    made = [expand(line, templates.slots, chance) for line in templates.lines for _ in range(copies)]
    chance.shuffle(made)
    return [sentence for sentence in made if sentence]


def words_of(templates: Templates) -> set[str]:
    """Every word that a sentence may contain."""
    texts = [*templates.lines, *(entry for entries in templates.slots.values() for entry in entries)]
    return {word for text in texts for word in _SYNTAX.sub(" ", _SLOT.sub("", text)).split() if word[0] != "'"}
