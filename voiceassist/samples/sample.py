"""A sample call as it was spoken: its lines and words with their times, and its JSON form.

Never opens a file: the text of the JSON and the path of the recording are handed in.
Next: `__init__.py` loads samples for the demo, `synthesise.py` writes them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voiceassist.events import Customer, Person, Speaker
from voiceassist.samples.script import Expectation, ExpectedCue


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word of a line, with its punctuation."""

    text: str
    start_ms: int  # Milliseconds from the start of the recording
    end_ms: int  # Milliseconds from the start of the recording


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One turn; its words, joined by spaces, are its text."""

    speaker: Speaker
    text: str
    start_ms: int  # Start of the first word
    end_ms: int  # End of the last word
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A recorded call. Lines are in order of their start; lines of two speakers may overlap."""

    id: str
    title: str
    summary: str
    agent: Person
    customer: Customer
    duration_ms: int  # Milliseconds of audio
    lines: tuple[SpokenLine, ...]
    expect: Expectation
    recording: Path  # Ogg Opus, two channels: agent = 0, customer = 1


def to_json(sample: Sample) -> str:
    """Give the JSON text of `sample`, without the path of its recording."""
    fields = asdict(sample)
    del fields["recording"]
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, recording: Path) -> Sample:
    """Read what `to_json` wrote."""
    fields: dict[str, Any] = json.loads(text)
    typed = {
        "agent": Person(**fields["agent"]),
        "customer": Customer(**fields["customer"]),
        "lines": tuple(_line(line) for line in fields["lines"]),
        "expect": _expectation(fields["expect"]),
    }
    return Sample(**{**fields, **typed}, recording=recording)


def _line(fields: dict[str, Any]) -> SpokenLine:
    words = tuple(SpokenWord(**word) for word in fields["words"])
    return SpokenLine(**{**fields, "words": words})


def _expectation(fields: dict[str, Any]) -> Expectation:
    cues = tuple(ExpectedCue(**cue) for cue in fields["cues"])
    return Expectation(**{**fields, "cues": cues, "alerts": tuple(fields["alerts"])})
