"""The tags of one call: free words that people sort calls by, the same word only once however it is written.

Remembers what the events tell, and nothing else. Next: `actions.py` and, for a finished call, `finished_calls.py`
give the events back; `store/marks.py` suggests tags that others have used.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from voiceassist.actions import SetTag
from voiceassist.core.words.visible import hidden_in
from voiceassist.errors import ActionError
from voiceassist.events import CallTag, Event, TagsChanged

TAGS = 20  # of one call: more sort nothing; overflow: the next is refused, and whoever sets it is told


@dataclass(slots=True)
class Tags:
    """The tags of one call now."""

    tags: tuple[CallTag, ...] = ()

    def hear(self, events: Iterable[Event]) -> None:
        """Takes in what happened; other events than those of tags change nothing."""
        for event in events:
            if isinstance(event, TagsChanged):
                self.tags = event.tags

    def carry_out(self, action: SetTag) -> list[Event]:
        """What follows from an action; nothing where it is so already. Raises ActionError."""
        tag = CallTag(text=_written(action.tag), by=action.by, place=action.place, done_at=action.done_at)
        others = tuple(one for one in self.tags if folded(one.text) != folded(tag.text))
        is_on = len(others) < len(self.tags)
        if action.on == is_on:
            return []
        if action.on and len(others) >= TAGS:
            raise ActionError("tags_full", f"the call has {TAGS} tags: take one away first")
        self.tags = (*others, tag) if action.on else others
        return [TagsChanged(at_ms=action.at_ms, tags=self.tags, by=action.by, done_at=action.done_at)]


def tags_in(events: Iterable[Event]) -> Tags:
    """Of a call that is over."""
    tags = Tags()
    tags.hear(events)
    return tags


def folded(tag: str) -> str:
    """What two tags are compared by: neither capitals, accents nor the width of spaces make another one."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", tag).casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _written(tag: str) -> str:
    """A tag as it is kept. Raises ActionError for one that is blank or has a character that nobody sees."""
    written = " ".join(tag.split())
    if not folded(written) or hidden_in(written):
        raise ActionError("bad_tag", "a tag is a word or a few: write it in letters that one can see")
    return written
