"""Cues planted into recordings of people: turns of the sample calls, spliced in where nobody speaks.

What people say around a cue is then real, and when the cue was said is known to the millisecond. A turn is as loud
as the leg it comes into; the other leg is silent meanwhile. Same recordings, same calls. Never says whether a
recording holds cues of its own. Next: `latency.py` plays the calls to a server.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.latency import line_of
from voiceassist.bench.wave_file import write_wave
from voiceassist.events import Speaker
from voiceassist.samples import Sample, SpokenLine, list_samples
from voiceassist.samples.script import ExpectedCue
from voiceassist.store.audiofile import read_audio

NEEDS_A_REFUSAL = frozenset(["alternative"])  # no cue without one before it, which another call may not have
MARGIN_MS = 100  # of a turn's own quiet, before and after it
FRAME_MS = 20
PAUSE_FRAMES = 30  # 600 ms: more than the breath inside a sentence
QUIET_DB = 20.0  # below the leg's speech, which the loudest twentieth of its frames is
APART_MS = 8_000  # from one planted turn to the next: some real talk lies in between
FULL_SCALE = 32768.0
SILENT_DBFS = -90.0  # of digital silence, which has no level


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CueTurn:
    """A turn of a sample call that holds a cue."""

    expected: ExpectedCue
    line: SpokenLine
    pcm: Pcm  # from MARGIN_MS before it to MARGIN_MS after it
    rate_hz: int


@cache
def cue_turns(speaker: Speaker) -> tuple[CueTurn, ...]:
    """Those of all sample calls that one side says."""
    return tuple(turn for sample in list_samples() for turn in _turns(sample) if turn.line.speaker == speaker)


def planted_calls(clips: Iterable[Clip], folder: Path) -> Iterator[Sample]:
    """A call for each clip that has room for a cue; its recording is written into `folder`.

    Turns are taken in rotation, so that all of them come.
    """
    used = {"agent": 0, "customer": 0}
    for number, clip in enumerate(clips):
        turns = cue_turns(clip.speaker)
        places = pauses(clip)[: len(turns)]
        if places:
            chosen = [turns[(used[clip.speaker] + at) % len(turns)] for at in range(len(places))]
            used[clip.speaker] += len(places)
            yield planted(clip, list(zip(places, chosen, strict=True)), folder / f"{number}.wav")


def pauses(clip: Clip) -> list[int]:
    """Milliseconds in the middle of pauses of all legs, at least APART_MS apart."""
    quiet = _is_quiet(clip.pcm, clip.rate_hz)
    if clip.other is not None:
        quiet &= _is_quiet(clip.other, clip.rate_hz)
    loud = [-1, *np.flatnonzero(~quiet).tolist(), len(quiet)]
    middles = [(one + other + 1) // 2 * FRAME_MS for one, other in pairwise(loud) if other - one > PAUSE_FRAMES]
    return _apart(middles)


def planted(clip: Clip, turns: Sequence[tuple[int, CueTurn]], recording: Path) -> Sample:
    """The clip with these turns at these milliseconds of it, written as a two-channel recording."""
    pieces, others, lines = list[Pcm](), list[Pcm](), list[SpokenLine]()
    other = np.zeros_like(clip.pcm) if clip.other is None else clip.other
    done = length = 0
    for at_ms, turn in turns:
        at = at_ms * clip.rate_hz // 1000
        spoken = _fitting(turn, clip)
        length += at - done
        lines.append(_moved(turn.line, length * 1000 // clip.rate_hz + MARGIN_MS))
        pieces += [clip.pcm[done:at], spoken]
        others += [other[done:at], np.zeros_like(spoken)]
        done, length = at, length + len(spoken)
    legs = np.concatenate([*pieces, clip.pcm[done:]]), np.concatenate([*others, other[done:]])
    write_wave(recording, legs if clip.speaker == "agent" else legs[::-1], clip.rate_hz)
    expected = tuple(turn.expected for _, turn in turns)
    return _sample(clip, recording, lines, expected, len(legs[0]) * 1000 // clip.rate_hz)


def _turns(sample: Sample) -> Iterator[CueTurn]:
    audio = read_audio(sample.recording)
    for expected in sample.expect.cues:
        if expected.kind not in NEEDS_A_REFUSAL:
            line = line_of(sample, expected)
            begin, end = (
                at * audio.rate_hz // 1000 for at in (line.start_ms - MARGIN_MS, line.end_ms + MARGIN_MS)
            )
            leg = audio.channels[line.speaker == "customer"]
            yield CueTurn(expected=expected, line=line, pcm=leg[begin:end], rate_hz=audio.rate_hz)


def _is_quiet(pcm: Pcm, rate_hz: int) -> NDArray[np.bool_]:
    """Frame by frame; a leg without speech is quiet all along."""
    levels = _levels_dbfs(pcm, rate_hz)
    return np.asarray(levels < max(_speech_dbfs(levels) - QUIET_DB, SILENT_DBFS + 1))


def _levels_dbfs(pcm: Pcm, rate_hz: int) -> NDArray[np.floating]:
    size = rate_hz * FRAME_MS // 1000
    frames = pcm[: len(pcm) // size * size].reshape(-1, size) / FULL_SCALE
    return np.asarray(10 * np.log10(np.mean(frames**2, axis=1) + 10 ** (SILENT_DBFS / 10)))


def _speech_dbfs(levels: NDArray[np.floating]) -> float:
    return float(np.percentile(levels, 95)) if len(levels) else SILENT_DBFS


def _apart(places_ms: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    for at_ms in places_ms:
        if not chosen or at_ms - chosen[-1] >= APART_MS:
            chosen.append(at_ms)
    return chosen


def _fitting(turn: CueTurn, clip: Clip) -> Pcm:
    """At the clip's rate, and as loud as its speech."""
    signal = soxr.resample(turn.pcm.astype(np.float64), turn.rate_hz, clip.rate_hz)
    theirs, its = (_speech_dbfs(_levels_dbfs(pcm, clip.rate_hz)) for pcm in (clip.pcm, signal))
    louder = signal * 10 ** ((theirs - its) / 20)
    return np.asarray(np.clip(np.rint(louder), -32768, 32767), np.int16)


def _moved(line: SpokenLine, start_ms: int) -> SpokenLine:
    """The line as if it began at `start_ms`."""
    by = start_ms - line.start_ms
    words = tuple(replace(word, start_ms=word.start_ms + by, end_ms=word.end_ms + by) for word in line.words)
    return replace(line, words=words, start_ms=line.start_ms + by, end_ms=line.end_ms + by)


def _sample(
    clip: Clip, recording: Path, lines: Sequence[SpokenLine], cues: tuple[ExpectedCue, ...], duration_ms: int
) -> Sample:
    template = list_samples()[0]
    return replace(
        template,
        id="people-" + re.sub(r"\W+", "-", clip.name),
        title=clip.name,
        summary="",
        duration_ms=duration_ms,
        lines=tuple(lines),
        expect=replace(template.expect, cues=cues),
        recording=recording,
    )
