"""The calls that peers have open: which call a publisher opens, joins or continues, and under which id.

Legs of one call may arrive on connections of their own, in any protocol: the first publisher opens the call,
another may join it with the other leg at any time, and come back when its line broke off. A call that we broke off
(we crashed or stopped) is continued as a new call with an id of its own:

    call id as the peer says it    what is known of it             what happens
    c-17                           nothing                         the call is c-17
    c-17                           live, and the leg is free       the leg joins it
    c-17                           live, and the leg's line lost   its owner goes on with it, others: `not_theirs`
    c-17                           live, and the leg is carried    of one's own, and dying: taken over; `leg_taken`
    c-17                           we broke it off                 the same question for c-17~2, then c-17~3 ...
    c-17                           ended in any other way          `call_over`, with the reason
    c-17                           live on another server          `call_live`

Publishers without audio wait in a bounded number of places. Never reads audio.
Next: `feed/feed.py` is a call; `call_socket.py` and `whip/sessions.py` feed it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import structlog

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.dialect import Started
from voiceassist.ingest.feed.audio_care import Judge, judge_at_once
from voiceassist.ingest.feed.feed import Feed, IdentityTaker, KeyTaker
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.parts import part_id
from voiceassist.ingest.source import CallInfo, Source, with_lines

log = structlog.get_logger(__name__)

WE_BROKE_OFF = ("interrupted", "shutdown")  # we crashed, or told the peer to connect again: it may go on
CONTINUATIONS = 99  # of one call: whoever breaks off more often carries no call
OVER: Mapping[str, str] = {  # how calls end that nobody can go on with
    "hangup": "it was hung up",
    "vanished": "its line was lost, and did not come back in time",
    "idle": "no audio had come for too long",
    "peer_error": "its phone system made a mistake and was cut off",
    "failed": "voiceassist failed it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the server does for calls that come in."""

    check: Callable[[CallInfo], Awaitable[None]]  # raises IngestError for a call that cannot be taken
    stored_end: Callable[
        [str], Awaitable[str | None]
    ]  # end reason, "failed", "live"; None: there was no such call
    claim: Callable[[str], bool]  # takes a call id; False when it is taken
    release: Callable[[str], None]  # the call id is free again
    language_of: Callable[[CallInfo], str]  # of the engine that would hear the call; raises IngestError for none
    run_call: Callable[[Source], Awaitable[bool]]  # a session to its end; whether all of it was stored
    take_key: KeyTaker  # the agent of a call pressed a key of their telephone
    # Who speaks is known better than at the call's start.
    tell_identity: IdentityTaker = lambda _info, _said: None
    announced: Callable[[CallInfo], None] = lambda _info: None  # a call is taken; its audio is to come
    judge: Judge = judge_at_once  # judges audio that is doubted, beside everything else
    spawn: Callable[[Coroutine[Any, Any, None]], object]  # runs it beside everything else, logs its failure


@dataclass(slots=True, kw_only=True)
class Joins:
    """All calls that have publishers, or whose session still runs."""

    host: Host
    limits: PeerLimits = field(default_factory=PeerLimits)
    clock: Callable[[], float] = monotonic  # by which silence is measured; tests have one of their own
    feeds: dict[str, Feed] = field(default_factory=dict)  # by our call id
    starting: int = 0  # connections that have not said yet which call they carry
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # the server is
    leaving: int = 0  # connections that are refused already
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @property
    def waiting(self) -> int:
        """Publishers without audio yet."""
        return self.starting + sum(feed.waiting for feed in self.feeds.values())

    @contextmanager
    def place(self) -> Iterator[None]:
        """Counts a connection until it is a publisher. Raises IngestError when too many wait for first audio."""
        waiting = self.waiting
        if waiting >= self.limits.waiting_publishers:
            log.warning("ingest_too_many_waiting", waiting=waiting)
            raise IngestError(
                "too_many_waiting",
                f"{waiting} connections are waiting for their first audio; end those that have none, or try later",
            )
        self.starting += 1
        try:
            yield
        finally:
            self.starting -= 1

    async def join(self, started: Started, *, waits: bool, who: str = "") -> PeerFeed:
        """A publisher on the live call of that id, or on a new one with its session. Raises IngestError.

        `waits`: the publisher can be slowed down (TCP). `who`: its credentials.
        """
        async with self._turn(started.info.call_id):
            found = await self._find(started.info)
            if isinstance(found, Feed):
                self._check_language(found.info, started.info)
                found.info = with_lines(found.info, started.info.lines)
                return self._publish(found, started, waits=waits, who=who)
            feed = await self._new(started, found, waits=waits, who=who)
            publisher = self._publish(feed, started, waits=waits, who=who)
            self.host.spawn(self._run(feed))
            return publisher

    def stop(self) -> None:
        """The server stops: no lost line is waited for."""
        self.stopping.set()
        for feed in tuple(self.feeds.values()):
            feed.wait_no_more(self.clock())

    def _publish(self, feed: Feed, started: Started, *, waits: bool, who: str) -> PeerFeed:
        return feed.publish(started.tracks, self.clock(), waits=waits, who=who, rate_hz=started.rate_hz)

    async def _run(self, feed: Feed) -> None:
        """The call's session, from its first audio on."""
        whole = False
        keeping = asyncio.create_task(self._keep_time(feed), name=f"lines {feed.info.call_id}")
        try:
            if await feed.begins():
                whole = await self.host.run_call(feed)
            else:
                log.info("ingest_without_audio", call_id=feed.info.call_id, reason=feed.end_reason)
                whole = True
        finally:
            # Unless the publishers ended it: they may go. A session that stops in good order is the server's stop.
            feed.end("shutdown" if whole else "interrupted")
            del self.feeds[feed.info.call_id]
            self.host.release(feed.info.call_id)
            feed.has_ended(whole=whole)
            keeping.cancel()
            await asyncio.wait([keeping])
        if not keeping.cancelled():
            keeping.result()  # a bug of ours must not go unseen

    async def _keep_time(self, feed: Feed) -> None:
        """Looks at the time for legs that have no publisher to do so, and for those that are waited for."""
        while not feed.is_over:
            await feed.needs_time()
            await asyncio.sleep(self.limits.tick_s)
            feed.pass_time(self.clock())

    def _turn(self, call_id: str) -> asyncio.Lock:
        """Legs that come at the same moment must not open two calls."""
        return self.turns.setdefault(call_id, asyncio.Lock())

    async def _find(self, info: CallInfo) -> Feed | CallInfo:
        """The live call, or what a new one is called. Raises IngestError when there can be neither."""
        before = ""
        for number in range(1, CONTINUATIONS + 2):
            call_id = part_id(info.call_id, number)
            feed = self.feeds.get(call_id)
            if feed and not feed.is_over:
                return feed
            end = _end_of(feed) if feed else await self.host.stored_end(call_id)
            if end is None:
                return replace(info, call_id=call_id, continues=before)
            if end not in WE_BROKE_OFF:
                raise _is_over(call_id, end)
            before = call_id
        raise IngestError(
            "call_over", f"call {info.call_id!r} was broken off {CONTINUATIONS} times; choose another `call_id`"
        )

    async def _new(self, started: Started, info: CallInfo, *, waits: bool, who: str) -> Feed:
        await self.host.check(info)
        if not self.host.claim(info.call_id):
            raise _is_live(info.call_id)
        feed = self.feeds[info.call_id] = Feed(
            started,
            info,
            self.limits,
            waits=waits,
            who=who,
            take_key=self.host.take_key,
            tell_identity=self.host.tell_identity,
            judge=self.host.judge,
        )
        self.host.announced(info)
        if info.cleaned:
            log.warning("ingest_name_cleaned", call_id=info.call_id, names=info.cleaned)
        if info.continues:
            log.info("ingest_continues", call_id=info.call_id, continues=info.continues)
        return feed

    def _check_language(self, call: CallInfo, leg: CallInfo) -> None:
        """A call has one engine: raises IngestError for a leg that asks for another one than the call's."""
        if leg.language is None:
            return
        ours = self.host.language_of(call)
        if self.host.language_of(leg) != ours:
            raise IngestError(
                "bad_language",
                f"call {call.call_id!r} is heard in {ours!r}, so this leg cannot be in {leg.language!r}; leave out"
                " `language` to join it, or use another `call_id`",
            )


def _end_of(feed: Feed) -> EndReason | None:
    """How a call ended whose session still runs; one without audio never was."""
    return feed.end_reason if feed.has_begun else None


def _is_live(call_id: str) -> IngestError:
    return IngestError("call_live", f"call {call_id!r} is live already; end it first or choose another `call_id`")


def _is_over(call_id: str, end: str) -> IngestError:
    if end == "live":  # as far as the store knows; another server may carry it
        return _is_live(call_id)
    return IngestError("call_over", f"call {call_id!r} is over: {OVER[end]}; choose another `call_id`")
