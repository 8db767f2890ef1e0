"""Finds e-mail addresses in a line, written or said: "jane dot doe at example dot com", "at gmail".

While more words may follow, whatever may become an address is hidden until they decide; the plain word before an
"at" that nothing announces is shown until the "at" is heard. Next: `redact.py`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from voiceassist.core.words.announced import Announcement
from voiceassist.core.words.spoken_numbers import HeardLine, is_number

DOMAIN_MAX_WORDS = 6
LOCAL_MAX_WORDS = 24  # letters that are spelt out before the "at"
ANNOUNCED_WORDS = 16  # an address that is spelt out after "my e-mail is"

_WRITTEN = re.compile(r"[^\s@]@[^\s@]")  # a character on either side is enough, and is found in one pass


def addresses(line: HeardLine, announced: Sequence[Announcement], *, is_asked: bool) -> Iterator[int]:
    """Indexes of the words of every address. `is_asked`: somebody asked for one in the lines before."""
    begun = [one.end for one in announced if one.topic == "email"] or ([0] if is_asked else [])
    yield from (index for index, word in enumerate(line.words) if _WRITTEN.search(word))
    for at, text in enumerate(line.plain):
        if text in line.language.addresses.at:
            near = begun[bisect_left(begun, at - ANNOUNCED_WORDS) : bisect_left(begun, at)]
            yield from _around(line, at, near[-1] if near else None)
    if line.growing:
        yield from _held_back(line, begun)


def _around(line: HeardLine, at: int, start: int | None) -> Iterator[int]:
    """The address around an "at"; only where a domain follows, or it was announced."""
    end = _domain_end(line, at)
    if end is None and (start is not None or line.growing) and _may_be_domain(line, at + 1):
        end = min(at + 1, len(line.plain) - 1)
    if end is None:
        return
    first = _local_start(line, at)
    while start is not None and first > start and not _is_light(line, first - 1):
        first -= 1
    yield from range(first, end + 1)


def _may_be_domain(line: HeardLine, index: int) -> bool:
    """Whether a domain may begin here: not in "at the shop" or "at ten"."""
    if index >= len(line.plain):
        return line.growing
    return not _is_light(line, index) and not is_number(line, index)


def _domain_end(line: HeardLine, at: int) -> int | None:
    plain, said = line.plain, line.language.addresses
    if at + 1 < len(plain) and (_is_light(line, at + 1) or is_number(line, at + 1)):  # "at ten"
        return None
    for index in range(at + 1, min(at + DOMAIN_MAX_WORDS, len(plain))):
        if index > at + 1 and plain[index - 1] in said.dot and (plain[index] in said.endings or line.growing):
            return _last_ending(line, index)
        if plain[index] in said.providers or (index > at + 1 and plain[index] in said.bare_endings):
            return _last_ending(line, index)
    return None


def _last_ending(line: HeardLine, index: int) -> int:
    """The end of "co dot uk", and of "gmail dot com" and "gmail com"."""
    plain, said = line.plain, line.language.addresses
    while index + 1 < len(plain):
        if plain[index + 1] in said.bare_endings:
            index += 1
        elif plain[index + 1] in said.dot and (index + 2 == len(plain) or plain[index + 2] in said.endings):
            index = min(index + 2, len(plain) - 1)
        else:
            return index
    return index


def _local_start(line: HeardLine, at: int) -> int:
    start, said = max(0, at - 1), line.language.addresses
    while start > max(0, at - LOCAL_MAX_WORDS) and (
        _is_spelt(line, start) or line.plain[start] in said.joints or line.plain[start - 1] in said.joints
    ):
        start -= 1
    return start


def _is_spelt(line: HeardLine, index: int) -> bool:
    """Whether this word and the one before are single letters or digits: "j o h n"."""
    return all(len(line.plain[place]) == 1 or is_number(line, place) for place in (index, index - 1))


def _is_light(line: HeardLine, index: int) -> bool:
    return line.plain[index] in line.language.light


def _held_back(line: HeardLine, begun: Sequence[int]) -> Iterator[int]:
    """Words at the end that may become the part before the "at"."""
    size, said = len(line.plain), line.language.addresses
    for start in begun:
        yield from (i for i in range(start, min(size, start + ANNOUNCED_WORDS)) if not _is_light(line, i))
    if size > 1 and (_is_spelt(line, size - 1) or line.plain[-1] in said.joints or line.plain[-2] in said.joints):
        yield from range(_local_start(line, size), size)
