"""Turns that people have labelled, as JSON Lines: one row per turn, with what it should and should not be cued as.

    {"id", "speaker": "agent"|"customer"|"unknown", "text", "text_asr", "label" or "labels", "prev", "source",
     "meta"}

Only `text` must be there. Without `speaker` it is "unknown", without `source` the file, without a label
"unlabelled", without `id` file and line.
Without `text_asr` the text counts as recognised: in lower case, without punctuation. What a label means is in
`MEANINGS`: a label is a kind of cue, or one of the special ones.
Never looks for a cue and opens no file. Next: `evaluation.py` compares the labels with the cues that are found.
"""

import difflib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from voiceassist.core.playbook.model import SPEAKER_OF
from voiceassist.errors import DatasetError
from voiceassist.events import SPEAKERS, Speaker

Use = Literal["score", "leave_out", "apart"]
TextName = Literal["clean", "asr"]
TEXTS: tuple[TextName, ...] = get_args(TextName)
ABUSE = "abuse"  # any of insult, threat, slur and sexual
UNKNOWN = "unknown"
SPOKEN_BY = (*SPEAKERS, UNKNOWN)
NO_LABEL = "unlabelled"
FALSE_ALARM_OF, RIGHT_CUE_OF = "not_", "right_"  # before a kind: what a person said of one cue of it
NOT_USEFUL_OF = "unhelpful_"  # likewise, of its card: of the cue it tells nothing
OF_ONE_CUE = (FALSE_ALARM_OF, RIGHT_CUE_OF, NOT_USEFUL_OF)
MOST_SHOWN = 60  # characters of a wrong value in a message

_NOT_HEARD = re.compile(r"[^\w\s']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What follows from a label."""

    present: str = ""  # the kind that the turn has; ABUSE: one of the four, whichever
    about: str = ""  # the kind that whoever gave this label was looking for
    use: Use = "score"  # "apart": neither right nor wrong, but how often it is cued is told
    is_alone: bool = False  # the turn was judged for `about` alone, and tells nothing of other kinds


MEANINGS: Mapping[str, Meaning] = {
    **{kind: Meaning(present=kind, about=kind) for kind in (*SPEAKER_OF, ABUSE)},
    "cancel_close": Meaning(
        present="churn", about="churn"
    ),  # asks to cancel or to close the account: as good as leaving
    "none": Meaning(),
    "no_answer": Meaning(),  # "no, thanks": nothing is refused
    "self_harm": Meaning(about=ABUSE),  # harms nobody else: a cue of abuse is a false alarm
    "abuse_mild": Meaning(about=ABUSE, use="apart"),  # half scolding, half insult
    "hate_general": Meaning(about=ABUSE, use="apart"),  # hate against people who are not in the call
    "abuse_3p": Meaning(about=ABUSE, use="leave_out"),  # abuse of somebody else
    "neg_inform": Meaning(about="refusal", use="leave_out"),  # a "no" as a fact: refusal or not is open
    "ambiguous": Meaning(use="leave_out"),
    NO_LABEL: Meaning(use="leave_out"),
    **{f"{NOT_USEFUL_OF}{kind}": Meaning(use="leave_out") for kind in SPEAKER_OF},
    **{f"{FALSE_ALARM_OF}{kind}": Meaning(about=kind, is_alone=True) for kind in SPEAKER_OF},
    **{f"{RIGHT_CUE_OF}{kind}": Meaning(present=kind, about=kind, is_alone=True) for kind in SPEAKER_OF},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTurn:
    """One labelled turn."""

    id: str
    speaker: Speaker | Literal["unknown"]
    text: str
    text_asr: str  # lower case, no punctuation: as a recognizer may give it
    labels: tuple[str, ...]  # empty: none
    prev: str  # the other side's turn before; empty: unknown
    source: str
    meta: Mapping[str, Any]

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """Whose rules apply: both sides' when nobody knows who speaks."""
        return SPEAKERS if self.speaker == "unknown" else (self.speaker,)

    def words(self, text: TextName) -> list[str]:
        """Its words, as written or as recognised."""
        return (self.text if text == "clean" else self.text_asr).split()


def parse_rows(
    lines: Iterable[str], file: str, labels: Collection[str] | None = tuple(MEANINGS)
) -> list[LabelledTurn]:
    """All rows of a file. `labels` are those that may occur; None: any.

    Raises DatasetError, which names file and line, what is wrong and what to do.
    """
    return list(rows_of(lines, file, labels))


def rows_of(lines: Iterable[str], file: str, labels: Collection[str] | None) -> Iterator[LabelledTurn]:
    """As `parse_rows`, a row at a time. Empty lines are no rows."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _row(_fields(line), f"{file}:{number}", file, labels)
            except _Unreadable as error:
                raise DatasetError(f"{file}, line {number}: {error}") from error


class _Unreadable(Exception):  # noqa: N818 - becomes a DatasetError as soon as the line is known
    """What is wrong with a line, and what to do."""


def _fields(line: str) -> dict[str, Any]:
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        raise _Unreadable("not UTF-8; convert the file, or remove the line")
    try:
        fields = json.loads(line.removeprefix("\ufeff"))
    except ValueError as error:
        raise _Unreadable(f"not JSON ({error}); every line must be one JSON object") from error
    except RecursionError as error:
        raise _Unreadable("JSON that is nested too deeply; every line must be one flat object") from error
    if not isinstance(fields, dict):
        raise _Unreadable(f'{_shown(fields)} is no JSON object; write {{"text": ..., "label": ...}}')
    return fields


def _row(fields: dict[str, Any], place: str, file: str, labels: Collection[str] | None) -> LabelledTurn:
    text = _string(fields, "text")
    return LabelledTurn(
        id=_string(fields, "id", place),
        speaker=_speaker(fields),
        text=text,
        text_asr=_string(fields, "text_asr", as_recognised(text)),
        labels=_labels(fields, labels),
        prev=_string(fields, "prev", ""),
        source=_string(fields, "source", file),
        meta=_meta(fields),
    )


def _string(fields: dict[str, Any], name: str, default: str | None = None) -> str:
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise _Unreadable(f'"{name}" is missing; every row needs it')
    if isinstance(value, int) and name == "id":
        return str(value)
    if not isinstance(value, str):
        raise _Unreadable(f'"{name}" is {_shown(value)}; it must be a string')
    return _whole(value)


def _whole(text: str) -> str:
    """The text with each lone surrogate replaced: JSON may hold one, and no terminal can print it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def as_recognised(text: str) -> str:
    """A text as a recognizer may give it: lower case, no punctuation."""
    return " ".join(_NOT_HEARD.sub(" ", text.lower()).split())


def _speaker(fields: dict[str, Any]) -> Speaker | Literal["unknown"]:
    speaker = _string(fields, "speaker", UNKNOWN)
    if speaker not in SPOKEN_BY:
        raise _Unreadable(f'"speaker" is {_shown(speaker)}; it must be agent, customer or unknown')
    return speaker  # type: ignore[return-value]  # one of the three, as just seen


def _labels(fields: dict[str, Any], known: Collection[str] | None) -> tuple[str, ...]:
    found = fields.get("labels", fields.get("label"))
    if found is None:
        return (NO_LABEL,)
    labels = [found] if isinstance(found, str) else found
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise _Unreadable(f'the labels are {_shown(found)}; write "label": "none" or "labels": ["refusal"]')
    if known is not None:
        _check_labels(labels, known)
    return tuple(map(_whole, labels))


def _check_labels(labels: list[str], known: Collection[str]) -> None:
    for label in labels:
        if label not in known:
            raise _Unreadable(
                f"unknown label {_shown(label)}{_nearest(label, known)}; known are {_listed(known)}; for one of "
                f"your own say --negative {label} (the turn has no cue) or --leave-out {label}"
            )


def _listed(known: Collection[str]) -> str:
    """All that are known; what people say of single cues is in patterns."""
    plain = [label for label in known if not label.startswith(OF_ONE_CUE)]
    return ", ".join([*plain, *(f"{before}KIND" for before in OF_ONE_CUE)])


def _nearest(label: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(label, known, 1)
    return f" (did you mean {near[0]}?)" if near else ""


def _meta(fields: dict[str, Any]) -> Mapping[str, Any]:
    meta = fields.get("meta")
    if meta is None:
        return {}
    if not isinstance(meta, dict):
        raise _Unreadable(f'"meta" is {_shown(meta)}; it must be an object')
    return meta


def _shown(value: object) -> str:
    """A value, short enough for a message."""
    text = json.dumps(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
