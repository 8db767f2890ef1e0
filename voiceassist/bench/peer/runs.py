"""Has an engine of ours and its peer hear the same clips, several times, each in a process of its own.

Both hear the clips as they are, without our hearing edge before them. The runs of both take turns, so that a
machine that gets busier is no advantage of either. Our first run tells the cadence of its partials. A library that
hears a line anew at that interval still tells fewer: it keeps to the interval where ours reads at a pause at once.
So its interval is shortened until it tells as many partials with new words: they are what a cadence is for, and
what costs. Next: `figures.py` sums the runs up.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.listener import ClipTranscript, Listener, TimedTranscript, listening
from voiceassist.bench.asr.scores import ClipScore, score
from voiceassist.bench.peer.pairs import PeerPair
from voiceassist.events import Partial

SLOWEST_MS = 500  # what every engine of ours keeps (`asr/engine.py`); also when it told no partials at all
FASTEST_MS = 100
AS_MANY = 0.95  # of our partials: the peer's are as many
TRIES = 4  # of another interval

ClipDone = Callable[[str, Clip], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRun:
    """One hearing of all clips."""

    audio_s: float
    cpu_s: float
    partials: int  # with new words
    scores: tuple[ClipScore, ...]  # delays with decoding


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRuns:
    """All hearings of both."""

    pair: PeerPair
    cadence_ms: int
    ours: tuple[PeerRun, ...]
    peers: tuple[PeerRun, ...]


def compare(
    pair: PeerPair, clips: Sequence[Clip], runs: int, cadence_ms: int | None, on_clip: ClipDone
) -> PairRuns:
    """Both hear everything `runs` times; `on_clip` is told who hears what next. Raises EngineError."""
    ours: list[PeerRun] = []
    peers: list[PeerRun] = []
    with ExitStack() as stack:
        our_listener = stack.enter_context(listening(pair.ours.load, pair.ours.name, at_edge=False))
        heard = _heard(our_listener, clips, lambda clip: on_clip(pair.ours.name, clip))
        ours.append(_run(clips, heard))
        cadence_ms = cadence_ms or _matching(pair, clips, ours[0].partials, cadence_of(heard), on_clip)
        peer_listener = stack.enter_context(listening(pair.load_peer(cadence_ms), pair.peer_name, at_edge=False))
        for number in range(runs):
            if number:
                ours.append(_run(clips, _heard(our_listener, clips, lambda clip: on_clip(pair.ours.name, clip))))
            peers.append(_run(clips, _heard(peer_listener, clips, lambda clip: on_clip(pair.peer_name, clip))))
    return PairRuns(pair=pair, cadence_ms=cadence_ms, ours=tuple(ours), peers=tuple(peers))


def cadence_of(heard: Iterable[ClipTranscript]) -> int:
    """Milliseconds between one partial of an utterance and the next with other words: the median."""
    gaps = [
        after.position_ms - before.position_ms
        for one in heard
        for before, after in pairwise(with_new_words(one.said))
        if before.transcript.utterance == after.transcript.utterance
    ]
    return round(float(np.median(gaps))) if gaps else SLOWEST_MS


def with_new_words(said: Iterable[TimedTranscript]) -> list[TimedTranscript]:
    """The partials that tell other words than the one before them of the same utterance."""
    new: list[TimedTranscript] = []
    for one in said:
        is_same = new and (new[-1].transcript.utterance, new[-1].transcript.text) == (
            one.transcript.utterance,
            one.transcript.text,
        )
        if isinstance(one.transcript, Partial) and not is_same:
            new.append(one)
    return new


def _matching(pair: PeerPair, clips: Sequence[Clip], partials: int, cadence_ms: int, on_clip: ClipDone) -> int:
    """The interval at which the peer tells about so many partials with new words, as near as `TRIES` come."""
    for _ in range(TRIES if pair.peer_has_interval else 0):
        with listening(pair.load_peer(cadence_ms), pair.peer_name, at_edge=False) as peer:
            told = _run(clips, _heard(peer, clips, lambda clip: on_clip(pair.peer_name, clip))).partials
        if told >= AS_MANY * partials or cadence_ms == FASTEST_MS:
            break
        cadence_ms = max(FASTEST_MS, round(cadence_ms * told / partials))
    return cadence_ms


def _heard(listener: Listener, clips: Sequence[Clip], on_clip: Callable[[Clip], None]) -> list[ClipTranscript]:
    heard = []
    for clip in clips:
        on_clip(clip)
        heard.append(listener.hear(clip))
    return heard


def _run(clips: Sequence[Clip], heard: Sequence[ClipTranscript]) -> PeerRun:
    return PeerRun(
        audio_s=sum(clip.audio_s for clip in clips),
        cpu_s=sum(one.cpu_s for one in heard),
        partials=sum(len(with_new_words(one.said)) for one in heard),
        scores=tuple(score(clip, _decoded(one)) for clip, one in zip(clips, heard, strict=True)),
    )


def _decoded(heard: ClipTranscript) -> ClipTranscript:
    """With every transcript as late as decoding makes it."""
    late = (replace(said, position_ms=said.position_ms + round(said.decode_ms)) for said in heard.said)
    return replace(heard, said=tuple(late))
