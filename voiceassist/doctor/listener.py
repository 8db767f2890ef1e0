"""Takes calls by the server's own dialects and joins, listens to them, and says what it hears as it hears it.

Keeps no audio and no words. Asks for no key, but remembers whether one came.
Next: `routes.py` hands it connections; `cli/doctor/ingest.py` prints what it says.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from voiceassist.audio.pcm import AudioFrame
from voiceassist.doctor.heard_call import HeardCall
from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, EndReason
from voiceassist.ingest.admission import ANYBODY, Admitted
from voiceassist.ingest.dialect import (
    Dialect,
    Doubted,
    Ended,
    News,
    Paused,
    PeerEvent,
    Pressed,
    Refused,
    Resumed,
    Started,
    ToSend,
    Warned,
)
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.joins import Host, Joins
from voiceassist.ingest.source import CallInfo, Source

EVERY_MS = 5_000  # of a call's audio: how often its levels are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something that was seen or heard just now."""

    kind: str  # connected, levels, warned, hold, key, ended, refused, elsewhere
    text: str
    protocol: str = ""
    call_id: str = ""


@dataclass(kw_only=True)
class CallListener:
    """All calls of one sitting."""

    tell: Callable[[Observation], None]
    calls: list[HeardCall] = field(default_factory=list)  # all, in the order of their beginning
    live: dict[str, HeardCall] = field(default_factory=dict)  # by call id
    refused: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # a call is over
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    joins: Joins = field(init=False)

    def __post_init__(self) -> None:
        self.joins = Joins(
            host=Host(
                check=_anything,
                stored_end=_nothing_stored,
                claim=lambda _call_id: True,
                release=lambda _call_id: None,
                language_of=lambda info: info.language or "",
                run_call=self.listen,
                take_key=lambda _info, _key: None,
                spawn=self.spawn,
            )
        )

    @property
    def over(self) -> int:
        """How many calls are over."""
        return sum(bool(call.end_reason) for call in self.calls)

    def call_of(self, info: CallInfo, rate_hz: int = 0) -> HeardCall:
        """The live call of that id, or a new one."""
        call = self.live.get(info.call_id)
        if call is None:
            call = self.live[info.call_id] = HeardCall(info=info, rate_hz=rate_hz)
            self.calls.append(call)
        return call

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it beside everything else."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def started(self, protocol: str, started: Started, *, is_proven: bool) -> HeardCall:
        """A connection says which call it brings."""
        call_id, legs = started.info.call_id, tuple(leg for track in started.tracks for leg in track)
        call = self.call_of(started.info, started.rate_hz)
        call.connections += 1
        call.announced_legs = tuple(dict.fromkeys((*call.announced_legs, *legs)))
        call.is_proven = call.is_proven or is_proven
        who = f"agent {started.info.agent.name!r}, customer {started.info.customer.name!r}"
        team = f", team {started.info.agent.team!r}" if started.info.agent.team else ""
        told = f"brings {' and '.join(legs)} at {started.rate_hz} Hz; {who}{team}"
        self.tell(Observation(kind="connected", protocol=protocol, call_id=call_id, text=told))
        return call

    def refuse(self, protocol: str, code: str, message: str) -> None:
        """Something was refused."""
        self.refused += 1
        self.tell(Observation(kind="refused", protocol=protocol, text=f"{code}: {message}"))

    async def listen(self, source: Source) -> bool:
        """A call's session: it only measures."""
        call, told_ms = self.call_of(source.info), 0
        async for piece in source.frames():
            if isinstance(piece, AudioFrame | AudioGap):
                call.add(piece)
            if call.duration_ms >= told_ms + EVERY_MS:
                told_ms = call.duration_ms // EVERY_MS * EVERY_MS
                self._tell(call, "levels", _levels(call))
        self.ended(call, source.end_reason)
        return True

    def ended(self, call: HeardCall, reason: EndReason) -> None:
        """A call is over."""
        call.end_reason = reason
        self.live.pop(call.info.call_id, None)
        self._tell(call, "ended", f"over after {call.duration_ms / 1000:.1f} s: {reason}")
        self.changed.set()

    def event(self, call: HeardCall | None, event: PeerEvent) -> None:
        """What a peer says beside its audio."""
        if call is None:
            return
        match event:
            case Paused():
                call.holds += 1
                self._tell(call, "hold", "the phone system pauses the audio")
            case Resumed():
                self._tell(call, "hold", "and goes on")
            case Pressed(speaker=speaker):
                call.keys += 1
                self._tell(call, "key", f"the {speaker} pressed a key")  # which one may be secret
            case Doubted(code=code, message=message):
                self.warn(call, code, message)

    def warn(self, call: HeardCall, code: str, message: str) -> None:
        """Something about a call looks wrong."""
        call.warnings[code] = message
        self._tell(call, "warned", f"{code}: {message}")

    def _tell(self, call: HeardCall, kind: str, text: str) -> None:
        self.tell(Observation(kind=kind, protocol=call.info.source, call_id=call.info.call_id, text=text))


class OverheardDialect:
    """A dialect whose conversation the listener overhears."""

    def __init__(
        self, name: str, dialect: Dialect[str | bytes], handshake: Handshake, listener: CallListener
    ) -> None:
        self._name, self._dialect, self._handshake, self._listener = name, dialect, handshake, listener
        self._call: HeardCall | None = None

    def receive(self, message: str | bytes) -> Sequence[PeerEvent]:
        """As the dialect understands it."""
        events = self._dialect.receive(message)
        for event in events:
            if isinstance(event, Started):
                self._started(event)
            elif not isinstance(event, Ended):
                self._listener.event(self._call, event)
        return events

    def closed(self, code: int) -> EndReason:
        """As the dialect understands it."""
        return self._dialect.closed(code)

    def tell(self, news: News) -> None:
        """The dialect says it in its words."""
        if isinstance(news, Refused):
            self._listener.refuse(self._name, news.error.code, str(news.error))
        elif isinstance(news, Warned) and self._call:
            self._listener.warn(self._call, news.code, news.message)
        self._dialect.tell(news)

    def to_send(self) -> Sequence[ToSend]:
        """The dialect's messages."""
        return self._dialect.to_send()

    def _started(self, started: Started) -> None:
        has_key = "authorization" in self._handshake.headers or "x-api-key" in self._handshake.headers
        is_proven = bool(started.key or started.signed_by or has_key)
        self._call = self._listener.started(self._name, started, is_proven=is_proven)


def admit(started: Started) -> Admitted:
    """Everybody, except who signed with another secret: the server would refuse them, too."""
    if started.forged:
        raise IngestError("not_allowed", started.forged)
    return ANYBODY


def _levels(call: HeardCall) -> str:
    legs = []
    for leg, meter in call.meters.items():
        level = meter.level_dbfs
        sounds = "silent" if level is None else f"{level:.0f} dBFS, {meter.sounding_share:.0%} of the time"
        lost = f", {meter.lost_ms / 1000:.1f} s lost" if meter.lost_ms else ""
        legs.append(f"{leg} {sounds}{lost}")
    first = f"; {call.first_to_speak} was heard first" if call.first_to_speak else ""
    return f"{call.duration_ms / 1000:.0f} s: {', '.join(legs)}{first}"


async def _anything(_info: CallInfo) -> None:
    """Every call is taken."""


async def _nothing_stored(_call_id: str) -> None:
    """There was no call before."""
