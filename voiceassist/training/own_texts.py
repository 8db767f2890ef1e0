"""Training texts of our own: templates, single lines, and what a recogniser made of some. Language: English.

The folder is `models/training/cues`; everyday talk is taken from its neighbour `text`, which the recogniser's
recipe has too. Never invents a label: a file's name or a line's first word gives it.
Next: `recipe.py` trains on the examples.
"""

import json
import random
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from voiceassist.errors import DatasetError
from voiceassist.events import Speaker
from voiceassist.training.example import ALL, CORE, TrainingTurn, tokens_of
from voiceassist.training.templates import MOST, sentences

TEMPLATES: Mapping[str, tuple[Speaker, frozenset[str]]] = {
    "refusal": ("agent", frozenset({"refusal"})),
    "agent_ordinary": ("agent", frozenset()),
    "insult": ("customer", frozenset({"insult"})),
    "threat": ("customer", frozenset({"threat"})),
    "slur": ("customer", frozenset({"slur"})),
    "sexual": ("customer", frozenset({"sexual"})),
    "customer_ordinary": ("customer", frozenset()),
}
TALK: Mapping[str, tuple[Speaker, ...]] = {  # who may have said what is in these files of `text`
    "talk": ("agent", "customer"),
    "everyday": ("agent", "customer"),
    "domains": ("customer",),
}
TALK_SENTENCES = 2  # of a template
SPOKEN_SENTENCES = 30
LINES: Mapping[str, tuple[Speaker, frozenset[str]]] = {  # by whom, and the kinds that the labels decide
    "agent_lines": ("agent", CORE),
    "customer_lines": ("customer", CORE),
    "agent_turns": ("agent", ALL),
    "customer_turns": ("customer", ALL),
}
SPOKEN: Mapping[str, tuple[Speaker, frozenset[str]]] = {  # the same, of templates
    "agent_spoken": ("agent", ALL),
    "customer_spoken": ("customer", ALL),
}
NOTHING = "-"  # the first word of a line that shows no cue
LINE_WEIGHT = 3.0  # a line that somebody wrote by itself says more than one of a template's many
HEARD_WEIGHT = 0.7  # recognition errors can leave nothing of the cue


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTurn:
    """One turn of ours, as it is written."""

    id: str
    source: str
    speaker: Speaker
    text: str
    before: str
    kinds: frozenset[str]
    weight: float
    about: frozenset[str] = CORE


def own_examples(folder: Path) -> list[TrainingTurn]:
    """Everything in the folder, sentences and what was heard. Raises DatasetError, which names file and line."""
    return [*map(_example, own_sentences(folder)), *_heard(folder)]


def own_sentences(folder: Path) -> list[OwnTurn]:
    """Every line, and the sentences of every template. Raises DatasetError, which names file and line."""
    texts = folder / "texts"
    slots = _slots(texts)
    return [
        *_from_templates(texts, slots),
        *_from_lines(texts),
        *_spoken(texts, slots),
        *_talk(folder.parent / "text"),
    ]


def _example(sentence: OwnTurn) -> TrainingTurn:
    return TrainingTurn(
        id=sentence.id,
        source=sentence.source,
        speaker=sentence.speaker,
        tokens=tokens_of(sentence.text),
        before=tokens_of(sentence.before),
        kinds=sentence.kinds,
        about=sentence.about,
        weight=sentence.weight,
    )


def _slots(folder: Path) -> Mapping[str, Sequence[str]]:
    slots: dict[str, Sequence[str]] = {}
    for path in sorted(folder.glob("slots*.toml")):
        more = tomllib.loads(_read(path))
        if twice := sorted(slots.keys() & more.keys()):
            raise DatasetError(f"{path}: another file of slots has {{{twice[0]}}} already")
        slots |= more
    return slots


def _from_templates(folder: Path, slots: Mapping[str, Sequence[str]]) -> Iterator[OwnTurn]:
    for name, (speaker, kinds) in TEMPLATES.items():
        for number, line in _numbered(folder / f"{name}.txt"):
            for nth, sentence in enumerate(_sentences(line, slots, f"{folder / name}.txt, line {number}")):
                before, _, text = sentence.rpartition(" > ")
                id_ = f"{name}/{number}/{nth}"
                yield OwnTurn(
                    id=id_, source="own", speaker=speaker, text=text, before=before, kinds=kinds, weight=1.0
                )


def _spoken(folder: Path, slots: Mapping[str, Sequence[str]]) -> Iterator[OwnTurn]:
    for name, (speaker, about) in SPOKEN.items():
        for number, line in _numbered(folder / f"{name}.txt"):
            where = f"{folder / name}.txt, line {number}"
            label, _, template = line.partition(" ")
            for nth, sentence in enumerate(_sentences(template, slots, where, SPOKEN_SENTENCES)):
                before, _, text = sentence.rpartition(" > ")
                yield OwnTurn(
                    id=f"{name}/{number}/{nth}",
                    source="own_spoken",
                    speaker=speaker,
                    text=text,
                    before=before,
                    kinds=_kinds(label, where),
                    weight=1.0,
                    about=about,
                )


def _talk(folder: Path) -> Iterator[OwnTurn]:
    slots = _slots(folder)
    for name, speakers in TALK.items():
        for number, line in _numbered(folder / f"{name}.txt"):
            said = _sentences(line, slots, f"{folder / name}.txt, line {number}", TALK_SENTENCES)
            for (nth, text), speaker in product(enumerate(said), speakers):
                id_ = f"{name}/{speaker}/{number}/{nth}"
                yield OwnTurn(
                    id=id_, source="own_talk", speaker=speaker, text=text, before="", kinds=frozenset(), weight=1.0
                )


def _sentences(line: str, slots: Mapping[str, Sequence[str]], where: str, most: int = MOST) -> list[str]:
    chance = random.Random(zlib.crc32(line.encode()))  # noqa: S311 - a line's sentences hang on it alone
    try:
        return list(sentences(line, slots, chance, most))
    except DatasetError as error:
        raise DatasetError(f"{where}: {error}") from error


def _from_lines(folder: Path) -> Iterator[OwnTurn]:
    for name, (speaker, about) in LINES.items():
        for number, line in _numbered(folder / f"{name}.txt"):
            label, _, turn = line.partition(" ")
            before, _, text = turn.rpartition(" > ")
            yield OwnTurn(
                id=f"{name}/{number}",
                source="own_lines",
                speaker=speaker,
                text=text,
                before=before,
                kinds=_kinds(label, f"{folder / name}.txt, line {number}"),
                weight=LINE_WEIGHT,
                about=about,
            )


def _kinds(label: str, where: str) -> frozenset[str]:
    kinds = frozenset(label.split("+")) - {NOTHING}
    if wrong := sorted(kinds - ALL):
        raise DatasetError(f"{where}: {wrong[0]!r} is none of {NOTHING}, {', '.join(sorted(ALL))}")
    return kinds


def _heard(folder: Path) -> Iterator[TrainingTurn]:
    """What the embedded recogniser made of some of these texts; there may be none."""
    path = folder / "recognised.jsonl"
    for _, line in _numbered(path) if path.is_file() else ():
        row = json.loads(line)
        yield TrainingTurn(
            id=f"heard/{row['id']}",
            source="own_heard",
            speaker=row["speaker"],
            tokens=tokens_of(row["text_asr"]),
            before=tokens_of(row["prev"]),
            kinds=frozenset(row["labels"]),
            about=_about(row["id"]),
            weight=HEARD_WEIGHT,
        )


def _about(id_: str) -> frozenset[str]:
    """The kinds that are decided in the file that a sentence is of."""
    _, about = {**LINES, **SPOKEN}.get(id_.partition("/")[0], (None, CORE))
    return about


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"the training text {path} cannot be read: {error}") from error
