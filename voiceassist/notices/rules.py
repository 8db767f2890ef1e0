"""Which channels take a notice, and when: levels, kinds, teams, quiet hours, steps for what nobody acknowledges.

A channel with `after_s` is a step: it hears of an incident only when nobody has acknowledged it for so long. What
is due is known at once, so a step is a delivery that waits; whatever ends the waiting takes it back. Pure.
Next: `desk.py` puts the deliveries into each channel's queue.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256

from voiceassist.notices.notice import Delivery, Notice, worded
from voiceassist.notify_settings import QUIET, ChannelSettings

SETTLING = ("acknowledged", "resolved", "retracted")  # after that nobody else need be told


def deliveries(
    channels: Iterable[ChannelSettings], notice: Notice, now: datetime, number: int, *, is_sample: bool
) -> list[Delivery]:
    """What is due of a notice by each channel that takes it; `number` is that of the record it comes from.

    The same record gives the same ids, whenever it is asked for.
    """
    return [
        _delivery(channel, notice, now, number)
        for channel in channels
        if _takes(channel, notice, is_sample=is_sample) and not is_quiet(channel, _due(channel, notice, now))
    ]


def is_quiet(channel: ChannelSettings, moment: datetime) -> bool:
    """Whether the channel is silent at that moment, by the clock of this site."""
    hours = QUIET.fullmatch(channel.quiet_hours)
    if hours is None:
        return False
    begin, end = time(int(hours[1]), int(hours[2])), time(int(hours[3]), int(hours[4]))
    at = moment.time()
    return begin <= at < end if begin <= end else at >= begin or at < end


def _takes(channel: ChannelSettings, notice: Notice, *, is_sample: bool) -> bool:
    if notice.about == "changed" and not _tells_change(channel, notice):
        return False
    if is_sample and not channel.sample_calls:
        return False
    is_kind = not channel.kinds or notice.kind in channel.kinds
    is_team = not channel.teams or notice.team in channel.teams
    return is_kind and is_team and notice.level in channel.levels


def _tells_change(channel: ChannelSettings, notice: Notice) -> bool:
    """A step waits anew for what was reopened; nobody is told of it at once who did not ask for changes."""
    return channel.changes or (notice.state == "open" and channel.after_s > 0)


def _due(channel: ChannelSettings, notice: Notice, now: datetime) -> datetime:
    """When this channel hears of it: changes at once, what is open when its step has come."""
    return now if notice.state != "open" else now + timedelta(seconds=channel.after_s)


def _delivery(channel: ChannelSettings, notice: Notice, now: datetime, number: int) -> Delivery:
    due = _due(channel, notice, now)
    if channel.after_s and notice.state == "open":
        notice = replace(notice, about="waiting", at=due.isoformat(timespec="seconds"), waited_s=channel.after_s)
    return Delivery(
        id=f"msg_{_digest(notice.call_id, str(number), channel.name)}",
        channel=channel.name,
        notice=worded(notice, channel.words),
        from_s=due.timestamp(),
        due_s=due.timestamp(),
    )


def group_id(ids: Iterable[str]) -> str:
    """The id of a summary of these deliveries."""
    return f"sum_{_digest(*ids)}"


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
