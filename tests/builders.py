"""Tiny helpers that build events and drive a `Call`: the vocabulary of most tests.

Words last `WORD_MS` each unless a test says otherwise. Nothing here decodes audio.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TypeVar

from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import Playbook
from voiceassist.events import (
    CallEnded,
    CallStarted,
    Customer,
    Event,
    Final,
    Input,
    Partial,
    Person,
    Record,
    Speaker,
    Tick,
    Word,
)
from voiceassist.playbooks import load_playbook

WORD_MS = 300
Line = tuple[Speaker, str]
E = TypeVar("E")


@cache
def playbook() -> Playbook:
    """The default English playbook."""
    return load_playbook(None, "en")


def started(*, at: int = 0, tier: str = "standard") -> CallStarted:
    """A call's first event."""
    return CallStarted(
        at_ms=at,
        started_at="2026-11-21T10:00:00+00:00",
        agent=Person(id="agent-anna", name="Anna Reed"),
        customer=Customer(id="customer-1", name="Martin Webb", tier=tier),
        source="stream",
        engine="scripted",
        language="en",
        playbook=playbook().label,
    )


def words(text: str, *, at: int, word_ms: int = WORD_MS) -> tuple[Word, ...]:
    """The words of a sentence, one after the other from `at` on."""
    return tuple(
        Word(text=word, start_ms=at + i * word_ms, end_ms=at + (i + 1) * word_ms, confidence=1.0)
        for i, word in enumerate(text.split())
    )


def final(speaker: Speaker, text: str, *, at: int = 0, utterance: int = 1, delay: int = 0) -> Final:
    """A final whose first word starts at `at`; it becomes known `delay` after its last word."""
    spoken = words(text, at=at)
    end_ms = spoken[-1].end_ms if spoken else at
    return Final(
        at_ms=end_ms + delay,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=spoken,
        start_ms=at,
        end_ms=end_ms,
        confidence=1.0,
    )


def partial(speaker: Speaker, text: str, *, at: int = 0, utterance: int = 1, delay: int = 0) -> Partial:
    """A partial whose first word starts at `at`."""
    whole = final(speaker, text, at=at, utterance=utterance, delay=delay)
    return Partial(
        at_ms=whole.at_ms,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=whole.words,
        start_ms=whole.start_ms,
        end_ms=whole.end_ms,
    )


def partials_of(speaker: Speaker, text: str, *, at: int = 0, utterance: int = 1, step: int = 1) -> list[Partial]:
    """Partials that grow by `step` words up to the whole sentence."""
    spoken = text.split()
    sizes = [*range(step, len(spoken), step), len(spoken)]
    return [partial(speaker, " ".join(spoken[:size]), at=at, utterance=utterance) for size in sizes]


def spoken(speaker: Speaker, text: str, *, at: int = 0, utterance: int = 1) -> list[Input]:
    """A whole utterance as a recognizer gives it: growing partials, then the final."""
    return [
        *partials_of(speaker, text, at=at, utterance=utterance),
        final(speaker, text, at=at, utterance=utterance, delay=500),
    ]


def conversation(
    *lines: Line, pause: int = 800, partials: bool = False, start: int = 0, first: int = 1
) -> list[Input]:
    """Lines one after the other, each an utterance of its own, with `pause` between them.

    `start` is the time of the first, `first` the number of each side's first utterance.
    """
    at, counts, inputs = start, {"agent": first - 1, "customer": first - 1}, list[Input]()
    for speaker, text in lines:
        counts[speaker] += 1
        if partials:
            inputs += partials_of(speaker, text, at=at, utterance=counts[speaker])
        last = final(speaker, text, at=at, utterance=counts[speaker])
        inputs.append(last)
        at = last.end_ms + pause
    return inputs


def live_call(*, tier: str = "standard", with_playbook: Playbook | None = None, engine: str = "scripted") -> Call:
    """A call that has just started."""
    call = Call(with_playbook or playbook())
    call.handle(replace(started(tier=tier), engine=engine))
    return call


def drive(call: Call, inputs: Iterable[Input]) -> list[Event]:
    """Feeds the inputs and gives everything that came out, in order."""
    return [event for item in inputs for event in call.handle(item)]


def play(*inputs: Input, tier: str = "standard") -> list[Event]:
    """Everything that a fresh call makes of the inputs."""
    return drive(live_call(tier=tier), inputs)


def hangup(at: int) -> CallEnded:
    """The customer hangs up."""
    return CallEnded(at_ms=at, reason="hangup")


def tick(at: int) -> Tick:
    """Call time moves on."""
    return Tick(at_ms=at)


def records(events: Iterable[Event], call_id: str = "call-1") -> Iterator[Record]:
    """Events with their numbers, as the session gives them out."""
    for seq, event in enumerate(events, start=1):
        yield Record(call_id=call_id, seq=seq, event=event)


def only(events: Iterable[Event], cls: type[E]) -> list[E]:
    """The events of one class."""
    return [event for event in events if isinstance(event, cls)]
