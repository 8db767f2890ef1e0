"""Published collections of labelled turns as examples: what each of their labels means for our kinds.

The files are not part of this project; `models/training/cues/README.md` says where they come from. SGD is read for
testing only (its licence asks for sharing alike), one half of the phone small talk and of the family talk for
thresholds only. Never copies a text anywhere. Next: `recipe.py`.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from voiceassist.errors import DatasetError
from voiceassist.events import SPEAKERS
from voiceassist.training.example import ALL, CORE, TrainingTurn, tokens_of

PublishedRow: TypeAlias = Mapping[str, Any]
KindsAndWeight: TypeAlias = tuple[frozenset[str], float] | None  # kinds and weight; None: left out

# Where a collection says "abuse" without its kind. Words of violence:
VIOLENCE = re.compile(
    r"\b(kill|die|murder|shoot|stab|punch|hurt|bomb|rape|burn in hell|beat you|death)\b", re.IGNORECASE
)
# Swearing at nobody is no abuse by our definition, whatever annotators thought.
SWEARING = re.compile(
    r"(what the |the |no |oh |holy )?(fuck(ing)?( hell)?|shit|damn|crap|wtf|hell|bullshit)"
    r"( this| it| no| yes)?[ !?.]*",
    re.IGNORECASE,
)
DEMEANING_TOPICS = ("Oh you ugly", "Stop messing up")
DEMEANING = re.compile(r"shut|suck|stupid|idiot", re.IGNORECASE)
GROUPS = {"homophobic", "racist", "transphobic"}
NOTHING: frozenset[str] = frozenset()


def published_examples(folder: Path) -> list[TrainingTurn]:
    """Every file that is read here. Raises DatasetError, which names the file that is missing or damaged."""
    labelled = [one for name, meaning in LABELLED.items() for one in _examples(folder / name, meaning)]
    booking = [one for name in BOOKING for one in _customers(folder / name)]
    return [*labelled, *booking, *(one for name, weight in TALK.items() for one in _talk(folder / name, weight))]


def _examples(path: Path, meaning: Callable[[PublishedRow], KindsAndWeight]) -> Iterator[TrainingTurn]:
    for row in _rows(path):
        if meant := meaning(row):
            kinds, weight = meant
            yield TrainingTurn(
                id=row["id"],
                source=SOURCES.get(row["source"]) or row["source"],
                speaker=row["speaker"],
                tokens=tokens_of(row["text"]),
                before=tokens_of(row["prev"]),
                kinds=kinds,
                about=CORE | TELLS.get(path.name, NOTHING),
                weight=weight,
            )


def _customers(path: Path) -> Iterator[TrainingTurn]:
    """What customers said before the agent's labelled turn: ordinary, but for the few that lose their temper."""
    for row in _rows(path):
        if row["prev"] and not DEMEANING.search(row["prev"]):
            yield TrainingTurn(
                id=f"{row['id']}/before",
                source="booking",
                speaker="customer",
                tokens=tokens_of(row["prev"]),
                about=CORE | CALM,
            )


def _talk(path: Path, weight: float) -> Iterator[TrainingTurn]:
    """Ordinary talk with nothing to find, as either side may have said it."""
    for row in _rows(path):
        if row["labels"] == [] and (weight or _is_for_thresholds(row["meta"]["conv"])):
            tokens, before = tokens_of(row["text"]), tokens_of(row["prev"])
            for speaker in SPEAKERS:
                yield TrainingTurn(
                    id=row["id"],
                    source=row["source"],
                    speaker=speaker,
                    tokens=tokens,
                    before=before,
                    about=ALL,
                    weight=weight,
                )


def _is_for_thresholds(conversation: str) -> bool:
    """Every second conversation; the others judge what came of it."""
    return zlib.crc32(conversation.encode()) % 2 == 0


def _rows(path: Path) -> Iterator[PublishedRow]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error


def _refusal(row: PublishedRow) -> KindsAndWeight:
    if row["label"] not in ("refusal", "none"):
        return None
    return (frozenset({"refusal"}) if row["label"] == "refusal" else NOTHING), 1.0


def _bot_abuse(row: PublishedRow) -> KindsAndWeight:
    """ConvAbuse: people who talk to bots."""
    if row["label"] == "none":
        return NOTHING, 1.0
    if row["label"] != "abuse":
        return None
    return _bot_kinds(row), float(not SWEARING.fullmatch(row["text"]))


def _bot_kinds(row: PublishedRow) -> frozenset[str]:
    if VIOLENCE.search(row["text"]):
        return frozenset({"threat"})
    types = set(row["meta"]["types"])
    sexual, slur = "sex_harassment" in types, bool(GROUPS & types)
    insult = "intellectual" in types or not (sexual or slur)
    named = {"sexual": sexual, "slur": slur, "insult": insult}
    return frozenset(kind for kind, holds in named.items() if holds)


def _chit_chat(row: PublishedRow) -> KindsAndWeight:
    """Of the topics that are called abuse some are none: "you're fired"; these are left out."""
    if row["label"] != "abuse_mild":
        return NOTHING, 1.0
    meant = row["meta"]["topic"] in DEMEANING_TOPICS or DEMEANING.search(row["text"])
    return frozenset({"insult"}), float(bool(meant))


def _ordinary(_: PublishedRow) -> KindsAndWeight:
    return NOTHING, 1.0


def _soft(row: PublishedRow) -> KindsAndWeight:
    return frozenset({row["label"]}) & {"escalation"}, 1.0


LABELLED: Mapping[str, Callable[[PublishedRow], KindsAndWeight]] = {
    "refusal_sgd.jsonl": _refusal,
    "refusal_multiwoz_val.jsonl": _refusal,
    "refusal_star_unique.jsonl": _refusal,
    "abuse_convabuse.jsonl": _bot_abuse,
    "abuse_chitchat.jsonl": _chit_chat,
    "falsealarm_multidogo.jsonl": _ordinary,
    "soft_cues.jsonl": _soft,
}
# Ordinary talk, and what a turn of it counts; 0: thresholds are chosen on it, nothing is learned. Some of it is no
# mistake (people in meetings say no to each other), yet with a weight of 3 instead of 1 more was found of every
# kind at equal false alarms: abuse of ConvAbuse .49 instead of .40, at 50 in 10,000 turns of phone small talk.
TALK: Mapping[str, float] = {
    "real/falsealarm_mrda.jsonl": 3.0,
    "real/falsealarm_swda.jsonl": 0.0,
    "real/falsealarm_cabnc.jsonl": 0.0,
}
FILES = (*LABELLED, *TALK)
# What else these turns are known not to show: crowd workers in booking dialogues and service chats keep calm.
CALM = frozenset({"legal_threat", "escalation", "churn", "frustration"})
PLAIN = frozenset({"overpromise", "giveaway", "coercion", "vague_commitment"})
TELLS: Mapping[str, frozenset[str]] = {
    "refusal_multiwoz_val.jsonl": PLAIN,
    "refusal_star_unique.jsonl": PLAIN,
    "falsealarm_multidogo.jsonl": CALM - {"churn"},
    "soft_cues.jsonl": frozenset({"escalation", "legal_threat"}),
}
BOOKING = ("refusal_multiwoz_val.jsonl", "refusal_star_unique.jsonl")
SOURCES = {
    "multiwoz21": "multiwoz",
    "botframework_chitchat": "chitchat",
    **dict.fromkeys(("nlupp", "banking77", "financial-demo"), "soft"),
}
