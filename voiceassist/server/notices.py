"""The channels by which alerts leave the machine, for admins: how they do, a test of each, and dead letters.

Never shows a secret, nor a word of a customer's. Channels are made in the configuration file.
Next: `notices/desk.py` sends.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import Field, StringConstraints
from starlette.requests import HTTPConnection

from voiceassist.errors import UnknownNameError
from voiceassist.events import AlertLevel
from voiceassist.notices.channel import AlertChannel, Tested
from voiceassist.notices.dead_letters import MOST_DEAD
from voiceassist.notices.desk import Notices
from voiceassist.notices.notice import About, Delivery
from voiceassist.notify_settings import ChannelKind, SaidWords
from voiceassist.runtime import runtime_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import allow
from voiceassist.server.bodies import RequestBody

router = APIRouter(prefix="/api/notices", tags=["notices"])

ChannelState = Literal["works", "fails", "unused"]  # unused: nothing was sent since the server started
LetterId = Annotated[str, StringConstraints(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One channel, with its rules and how it does. Times are ISO 8601."""

    name: str
    kind: ChannelKind
    place: str  # where it leads: addresses, a host; nothing secret
    levels: tuple[AlertLevel, ...]
    kinds: tuple[str, ...]  # of alerts; none: every kind
    teams: tuple[str, ...]  # none: every team's calls
    after_s: float  # only what nobody has acknowledged for so long
    quiet_hours: str
    language: str
    words: SaidWords
    per_minute: int
    state: ChannelState
    sent: int  # messages since the server started
    last_sent_at: str | None
    failing_since: str | None
    failure: str  # why the last try failed, in the receiver's words where it had any
    waiting: int  # alerts that are to leave, steps that are not due yet among them
    dead: int  # dead letters


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterView:
    """An alert that could not leave and was given up. Times are ISO 8601."""

    id: str
    channel: str
    call_id: str
    about: About
    level: AlertLevel
    kind: str  # of the alert; empty where the channel says no words
    agent: str
    at: str  # when it happened
    given_up_at: str
    tries: int
    reason: str  # why the last try failed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesView:
    """All channels in the order of the configuration, and the newest dead letters first."""

    channels: tuple[ChannelView, ...]
    dead: tuple[DeadLetterView, ...]
    lost: int  # dead letters that found no room since the server started


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersDone:
    """For how many dead letters it was done: one that was gone already does not count."""

    count: int


class Letters(RequestBody):
    """Dead letters, by their ids."""

    ids: Annotated[list[LetterId], Field(min_length=1, max_length=MOST_DEAD)]


@router.get("", dependencies=[allow("admin")])
async def get_notices(connection: HTTPConnection) -> NoticesView:
    """The channels and the dead letters."""
    notices = runtime_of(connection).notices
    if notices is None:
        return NoticesView(channels=(), dead=(), lost=0)
    channels = tuple(_channel_view(channel, notices) for channel in notices.channels.values())
    dead = tuple(_letter_view(letter) for letter in reversed(notices.dead.letters.values()))
    return NoticesView(channels=channels, dead=dead, lost=notices.dead.lost)


@router.post("/channels/{name}/test", dependencies=[allow("admin")])
async def test_channel(connection: HTTPConnection, name: str) -> Tested:
    """Sends a test message by the channel and says what became of it, within some seconds."""
    tested = await _notices(connection).test(name)
    tell_audit(connection, "channel.tested", "", channel=name, ok=tested.ok)
    return tested


@router.post("/dead/retry", dependencies=[allow("admin")])
async def retry_letters(connection: HTTPConnection, letters: Annotated[Letters, Body()]) -> LettersDone:
    """These are due again, from the first try on."""
    return _done(connection, "notices.retried", _notices(connection).retry(letters.ids))


@router.post("/dead/discard", dependencies=[allow("admin")])
async def discard_letters(connection: HTTPConnection, letters: Annotated[Letters, Body()]) -> LettersDone:
    """These will not be sent; `take-back` undoes it until the server stops."""
    return _done(connection, "notices.discarded", _notices(connection).discard(letters.ids))


@router.post("/dead/take-back", dependencies=[allow("admin")])
async def take_back_letters(connection: HTTPConnection, letters: Annotated[Letters, Body()]) -> LettersDone:
    """What was discarded is a dead letter again."""
    return _done(connection, "notices.taken_back", _notices(connection).take_back(letters.ids))


def _done(connection: HTTPConnection, what: str, count: int) -> LettersDone:
    if count:
        tell_audit(connection, what, "", count=count)
    return LettersDone(count=count)


def _notices(connection: HTTPConnection) -> Notices:
    notices = runtime_of(connection).notices
    if notices is None:
        raise UnknownNameError("unknown_channel", "the configuration has no channels: there is nothing to send by")
    return notices


def _channel_view(channel: AlertChannel, notices: Notices) -> ChannelView:
    settings, health = channel.way.channel, channel.health
    works: ChannelState = "works" if health.sent else "unused"
    return ChannelView(
        name=settings.name,
        kind=settings.kind,
        place=settings.place,
        levels=settings.levels,
        kinds=settings.kinds,
        teams=settings.teams,
        after_s=settings.after_s,
        quiet_hours=settings.quiet_hours,
        language=settings.language,
        words=settings.words,
        per_minute=settings.per_minute,
        state="fails" if health.failing_since_s is not None else works,
        sent=health.sent,
        last_sent_at=_told(health.sent_s),
        failing_since=_told(health.failing_since_s),
        failure=health.failure,
        waiting=len(channel.queue.waiting),
        dead=sum(letter.channel == settings.name for letter in notices.dead.letters.values()),
    )


def _letter_view(letter: Delivery) -> DeadLetterView:
    notice = letter.notice
    return DeadLetterView(
        id=letter.id,
        channel=letter.channel,
        call_id=notice.call_id,
        about=notice.about,
        level=notice.level,
        kind=notice.kind,
        agent=notice.agent,
        at=notice.at,
        given_up_at=_told(letter.died_s) or notice.at,
        tries=letter.tries,
        reason=letter.reason,
    )


def _told(at_s: float | None) -> str | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")
