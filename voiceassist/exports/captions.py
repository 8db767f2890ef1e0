"""What was said in a call as captions: WebVTT (with who speaks, and cues as notes if wanted) and SubRip.

A long line becomes several captions, each with the time of its own words. What the call masks stays masked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from voiceassist.core.screen.views import CallState
from voiceassist.events import Cue, Final, Speaker, Word
from voiceassist.exports.times import stamp

CAPTION_CHARS = 84
"""Two lines of 42, as broadcasters limit captions."""
VOICES: dict[Speaker, str] = {"agent": "Agent", "customer": "Customer"}


@dataclass(frozen=True, slots=True)
class Caption:
    """Some words on the screen at once."""

    start_ms: int
    end_ms: int
    speaker: Speaker
    text: str


def captions(call: CallState) -> list[Caption]:
    """In the order in which they began."""
    found = [caption for final in call.finals for caption in _captions(final)]
    return sorted(found, key=attrgetter("start_ms", "end_ms", "speaker"))


def webvtt(call: CallState, *, notes: bool = False) -> str:
    """W3C WebVTT: a voice for each side. `notes`: true cues as comments, which players do not show."""
    blocks = [(one.start_ms, 1, _vtt(one)) for one in captions(call)]
    if notes:
        cues = [view.cue for view in call.cues if view.status != "retracted"]
        blocks += [(cue.start_ms, 0, f"NOTE {_comment(cue)}") for cue in cues]
    return "\n\n".join(["WEBVTT", *(block for _, _, block in sorted(blocks))]) + "\n"


def srt(call: CallState) -> str:
    """SubRip, which has no voices: each caption begins with who speaks."""
    return "".join(f"{number}\n{_srt(one)}\n\n" for number, one in enumerate(captions(call), start=1))


def _captions(final: Final) -> Iterator[Caption]:
    text = " ".join(final.text.split())
    if " ".join(word.text for word in final.words) != text:  # no times for these words: all at once
        if text:
            yield _caption(final, final.start_ms, final.end_ms, text)
        return
    for words in _pieces(final.words):
        yield _caption(final, words[0].start_ms, words[-1].end_ms, " ".join(word.text for word in words))


def _caption(final: Final, start_ms: int, end_ms: int, text: str) -> Caption:
    return Caption(max(0, start_ms), max(end_ms, start_ms + 1, 1), final.speaker, text)  # it must last


def _pieces(words: tuple[Word, ...]) -> Iterator[list[Word]]:
    """As many words as fit, and at least one."""
    piece, chars = list[Word](), 0
    for word in words:
        if piece and chars + 1 + len(word.text) > CAPTION_CHARS:
            yield piece
            piece, chars = [], 0
        piece.append(word)
        chars += len(word.text) + 1
    if piece:
        yield piece


def _vtt(one: Caption) -> str:
    times = f"{stamp(one.start_ms, '.')} --> {stamp(one.end_ms, '.')}"
    return f"{times}\n<v {VOICES[one.speaker]}>{_escaped(one.text)}"


def _srt(one: Caption) -> str:
    times = f"{stamp(one.start_ms, ',')} --> {stamp(one.end_ms, ',')}"
    return f"{times}\n{VOICES[one.speaker]}: {one.text.replace('-->', '->')}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _comment(cue: Cue) -> str:
    """One line; a comment may not have an arrow in it."""
    said = " ".join(cue.words.split()).replace("-->", "->")
    return f"{stamp(cue.start_ms, '.')} {cue.kind} ({VOICES[cue.speaker]}): {said}"


def turns(call: CallState) -> list[tuple[Final, ...]]:
    """The call's lines in the order in which they began, those of one side that follow each other together."""
    lines = sorted(call.finals, key=attrgetter("start_ms", "speaker"))
    return [tuple(group) for _, group in groupby(lines, key=attrgetter("speaker"))]
