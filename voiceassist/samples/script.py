"""The words of a sample call: who says what, when, and what should be noticed.

Never holds audio or a point in time: a line knows only its distance to the line before it.
Next: `dialogues.py` writes the calls, `synthesise.py` speaks them, `__init__.py` loads the result.
"""

from dataclasses import dataclass

from voiceassist.events import Customer, Person, RefusalOutcome, Speaker


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of one speaker."""

    speaker: Speaker
    text: str
    pause_before_ms: int = 500  # Milliseconds after all that was said before; negative = talks over it
    raised_db: float = 0.0  # Decibels above the speaker's usual level


@dataclass(frozen=True, slots=True)
class ExpectedCue:
    """A cue that must fire on a line of `speaker` that contains `words`."""

    kind: str  # Cue kind, as in the cue definitions
    speaker: Speaker
    words: str  # A literal part of the line


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an assistant with the built-in playbook must make of the call."""

    cues: tuple[ExpectedCue, ...]  # Must fire; others may, unless `card` is False
    card: bool  # True: at least one card appears. False: none may
    alerts: tuple[str, ...]  # Cue kinds that must alert the supervisor
    recovery: RefusalOutcome | None  # How the first refusal ends; None: nothing is refused


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole call, ready to be spoken."""

    id: str
    title: str
    summary: str
    agent: Person
    customer: Customer
    lines: tuple[Line, ...]
    expect: Expectation
