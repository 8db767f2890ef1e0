"""A stretch of a call: its lines, cut to the words within it, with times from its beginning on. Pure.

What else happened in the call is no part of it: whoever gets a clip gets its words alone.
Next: `server/clips.py` shows it and writes its captions.
"""

from collections.abc import Iterator
from dataclasses import replace

from voiceassist.core.screen.corrected_call import as_corrected
from voiceassist.core.screen.views import CallState
from voiceassist.events import Final, Word


def clipped(call: CallState, start_ms: int, end_ms: int) -> CallState:
    """The call with nothing but what was said between these times, as it was corrected."""
    lines = (_cut(final, start_ms, end_ms) for final in as_corrected(call).finals)
    return CallState(
        call_id=call.call_id,
        seq=call.seq,
        at_ms=end_ms - start_ms,
        status=call.status,
        started=call.started,
        finals=tuple(line for line in lines if line),
    )


def _cut(final: Final, start_ms: int, end_ms: int) -> Final | None:
    """The part of a line; None: none of it."""
    if final.end_ms <= start_ms or final.start_ms >= end_ms:
        return None
    words = tuple(_within(final, start_ms, end_ms))
    if final.words and not words:
        return None
    is_whole = len(words) == len(final.words)
    return replace(
        final,
        words=words,
        text=final.text if is_whole else " ".join(word.text for word in words),
        start_ms=words[0].start_ms if words else _moved(final.start_ms, start_ms, end_ms),
        end_ms=words[-1].end_ms if words else _moved(final.end_ms, start_ms, end_ms),
    )


def _within(final: Final, start_ms: int, end_ms: int) -> Iterator[Word]:
    """Words of which the middle is within it: half a word that is heard is not written."""
    for word in final.words:
        if start_ms <= (word.start_ms + word.end_ms) // 2 < end_ms:
            begins_ms, ends_ms = _moved(word.start_ms, start_ms, end_ms), _moved(word.end_ms, start_ms, end_ms)
            yield replace(word, start_ms=begins_ms, end_ms=ends_ms)


def _moved(at_ms: int, start_ms: int, end_ms: int) -> int:
    return min(max(at_ms, start_ms), end_ms) - start_ms
