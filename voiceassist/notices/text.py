"""A message in words: title, lines and a link, in the language of its channel.

Says what the notice still has, which `notice.worded` has cut to what the channel may say. Pure.
Next: `bodies.py` and `mail.py` give it the form of each kind of channel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from voiceassist.notices.notice import Notice
from voiceassist.notices.phrases import Phrases
from voiceassist.notices.phrases_en import ENGLISH
from voiceassist.notices.phrases_es import SPANISH

PHRASES: Mapping[Literal["en", "es"], Phrases] = {"en": ENGLISH, "es": SPANISH}
SUMMED_UP = 20  # lines of a summary; the rest is a number
MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a person reads."""

    title: str
    lines: tuple[str, ...]
    link: str  # empty: nobody said where browsers find this server
    link_text: str


def text_of(notices: Sequence[Notice], language: Literal["en", "es"], public_url: str | None) -> Wording:
    """One notice in full, several as a summary; there is at least one."""
    phrases = PHRASES[language]
    if len(notices) > 1:
        critical = sum(notice.level == "critical" for notice in notices)
        title, lines = phrases.summary(len(notices), critical), _summed_up(notices, phrases)
    else:
        title, lines = _title(notices[0], phrases), _lines(notices[0], phrases)
    link = _link(notices, public_url)
    return Wording(title=title, lines=tuple(lines), link=link, link_text=phrases.link)


def _title(notice: Notice, phrases: Phrases) -> str:
    if notice.about == "test":
        return phrases.test
    told = phrases.kinds.get(notice.kind, notice.kind.replace("_", " ")) or phrases.alert
    title = f"{phrases.levels[notice.level]}: {told}"
    match notice.about:
        case "rose":
            return f"{title} ({phrases.rose})"
        case "waiting":
            return f"{title} ({phrases.waited(_duration(notice.waited_s, phrases))})"
        case "changed":
            return f"{phrases.states[notice.state]}: {told}"
        case _:
            return title


def _lines(notice: Notice, phrases: Phrases) -> Iterator[str]:
    if notice.about == "test":
        yield phrases.test_text
        return
    if reason := _reason(notice, phrases):
        yield reason
    said = {
        phrases.quote: notice.quote,
        phrases.by: notice.by,
        phrases.note: notice.note,
        phrases.agent: notice.agent,
        phrases.team: notice.team,
        phrases.customer: notice.customer,
        phrases.time: _time(notice),
    }
    yield from (sentence.format(value) for sentence, value in said.items() if value)


def _reason(notice: Notice, phrases: Phrases) -> str:
    if notice.unsaid:
        return phrases.unsaid.format(notice.unsaid)
    return phrases.reasons.get(notice.reason_code, notice.reason)


def _summed_up(notices: Sequence[Notice], phrases: Phrases) -> Iterator[str]:
    for notice in notices[:SUMMED_UP]:
        yield ", ".join(filter(None, (f"{_time(notice)} {_title(notice, phrases)}", notice.agent, notice.team)))
    if len(notices) > SUMMED_UP:
        yield phrases.more(len(notices) - SUMMED_UP)


def _time(notice: Notice) -> str:
    return datetime.fromisoformat(notice.at).strftime("%H:%M:%S")


def _duration(seconds: float, phrases: Phrases) -> str:
    whole = round(seconds)
    return phrases.seconds(whole) if whole % MINUTE_S else phrases.minutes(whole // MINUTE_S)


def call_link(notice: Notice, public_url: str | None) -> str:
    """Where the call is opened beside the wall; empty where nobody said how browsers get here."""
    if public_url is None:
        return ""
    call = f"?call={quote(notice.call_id, safe='')}" if notice.call_id else ""
    return f"{public_url.rstrip('/')}/supervisor{call}"


def _link(notices: Iterable[Notice], public_url: str | None) -> str:
    """To the call, where it is one call only."""
    links = {call_link(notice, public_url) for notice in notices}
    return links.pop() if len(links) == 1 else f"{public_url.rstrip('/')}/supervisor" if public_url else ""
