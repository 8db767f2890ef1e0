"""Cue-to-screen latency: from the end of a cue's last word in the audio to its arrival at a websocket client.

A client like any other: it streams calls in real time, watches the call's socket and compares with the exact word
times that the synthesiser wrote down. The calls are the samples, or recordings of people with turns of the samples
in them (`planted.py`). Never looks into the server. Next: `cli/bench/latency.py` prints it, `load/` does it with
many calls at once.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import websockets

from voiceassist import wire
from voiceassist.callers.placing import CallHooks
from voiceassist.callers.protocols import protocol_named
from voiceassist.callers.run import place_call
from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.text import canonical
from voiceassist.events import Alert, Cue, Partial, Prompt, Record
from voiceassist.samples import Sample, SpokenLine
from voiceassist.samples.placed import placed
from voiceassist.samples.script import ExpectedCue

STRAGGLERS_S = 2.0  # how long the client listens on after the last audio
SLACK_MS = 400  # by how much a recognizer's times may miss the synthesiser's


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A record as the client got it."""

    record: Record
    at_ms: float  # wall milliseconds since the recording's time 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One expected cue: how long after its last word each thing was on the client. None: it never came."""

    sample: str
    kind: str
    words: str
    spoken_ms: int
    heard_ms: float | None  # the first partial with the cue's last word: cadence and decoding
    cue_ms: float | None
    card_ms: float | None
    alert_ms: float | None
    transport_ms: float | None  # of the cue: its arrival less the server's own call time


@dataclass(slots=True)
class _Watch:
    started_s: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)


async def measure(
    sample: Sample,
    base_url: str,
    token: str | None = None,
    *,
    protocol: str = "stream",
    call_id: str | None = None,
    on_taken: Callable[[], None] = lambda: None,
) -> list[Measured]:
    """Plays one sample in real time; `on_taken` is told when the server listens.

    Raises CallerError when the server does not take it, or ends it.
    """
    call_id = call_id or f"bench-{sample.id}-{uuid4().hex[:6]}"
    watch = _Watch()

    def start(started_s: float) -> None:
        watch.started_s = started_s
        on_taken()

    watching = asyncio.create_task(_watch(f"{_sockets(base_url)}/api/calls/{call_id}/socket", watch))
    url = f"{_sockets(base_url)}{protocol_named(protocol).path}"
    try:
        call = placed(sample, call_id, token)
        await place_call(sample.recording, url, call, protocol=protocol, hooks=CallHooks(started=start))
        await asyncio.wait([watching], timeout=STRAGGLERS_S)
        if watching.done():
            watching.result()  # raises what the watching raised
    finally:
        watching.cancel()
    return [_measured(sample, expected, watch) for expected in sample.expect.cues]


async def _watch(url: str, watch: _Watch) -> None:
    """Collects what one client of the call's socket gets; waits for the call to begin."""
    while True:
        async with websockets.connect(url, max_size=None) as socket:
            async for message in socket:
                arrived_s, said = monotonic(), json.loads(message)
                if said["type"] == "error":
                    break
                if said["type"] not in ("snapshot", "ping"):  # pings come while a call is silent, or heard late
                    at_ms = (arrived_s - watch.started_s) * 1000
                    watch.arrivals.append(Arrival(record=wire.decode(said), at_ms=at_ms))
            else:
                return
        await asyncio.sleep(0.05)


def _measured(sample: Sample, expected: ExpectedCue, watch: _Watch) -> Measured:
    line, spoken_ms = _spoken(sample, expected)

    def after_words(event: type, wanted: Callable[[Any], bool]) -> float | None:
        came = _first(watch.arrivals, event, wanted)
        return came.at_ms - spoken_ms if came else None

    cue = _first(watch.arrivals, Cue, lambda e: e.kind == expected.kind and _within(e, expected, line))
    cue_id = cue.record.event.cue_id if cue and isinstance(cue.record.event, Cue) else None
    return Measured(
        sample=sample.id,
        kind=expected.kind,
        words=expected.words,
        spoken_ms=spoken_ms,
        heard_ms=after_words(Partial, lambda e: _within(e, expected, line) and _says(e, expected)),
        cue_ms=cue.at_ms - spoken_ms if cue else None,
        card_ms=after_words(Prompt, lambda e: e.why.cue_id == cue_id),
        alert_ms=after_words(Alert, lambda e: e.why.cue_id == cue_id and e.kind == expected.kind),
        transport_ms=cue.at_ms - cue.record.event.at_ms if cue else None,
    )


def _spoken(sample: Sample, expected: ExpectedCue) -> tuple[SpokenLine, int]:
    """The line that holds the words, and when the last of them ended."""
    wanted = _plain(expected.words)
    for line in sample.lines:
        ends = [word.end_ms for word in line.words for _ in canonical(word.text, ENGLISH)]
        said = _plain(line.text)
        for start in range(len(said) - len(wanted) + 1):
            if line.speaker == expected.speaker and said[start : start + len(wanted)] == wanted:
                return line, ends[start + len(wanted) - 1]
    raise ValueError(f"sample {sample.id} does not say {expected.words!r}")


def line_of(sample: Sample, expected: ExpectedCue) -> SpokenLine:
    """The line of a sample that holds the words of a cue. ValueError: none does."""
    return _spoken(sample, expected)[0]


def _plain(text: str) -> list[str]:
    return [part for word in text.split() for part in canonical(word, ENGLISH)]


def _within(event: Cue | Partial, expected: ExpectedCue, line: SpokenLine) -> bool:
    overlaps = event.start_ms < line.end_ms + SLACK_MS and event.end_ms > line.start_ms - SLACK_MS
    return event.speaker == expected.speaker and overlaps


def _says(event: Partial, expected: ExpectedCue) -> bool:
    return " ".join(_plain(expected.words)) in " ".join(_plain(event.text))


def _first(arrivals: Iterable[Arrival], kind: type, wanted: Callable[[Any], bool]) -> Arrival | None:
    return next((a for a in arrivals if isinstance(a.record.event, kind) and wanted(a.record.event)), None)


def _sockets(base_url: str) -> str:
    parts = urlsplit(base_url)
    return urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws", path=""))


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, ceil(percent / 100 * len(ranked)) - 1)]
