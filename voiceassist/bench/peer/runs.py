"""Has an engine of ours and its peer hear the same clips, several times, each in a process of its own.

Both hear the clips as they are, without our hearing edge before them. The runs of both take turns, so that a
machine that gets busier is no advantage of either. Our first run tells the cadence of its partials, with which the
peer then hears. Next: `figures.py` sums the runs up.
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

ClipDone = Callable[[str, Clip], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRun:
    """One hearing of all clips."""

    audio_s: float
    cpu_s: float
    partials: int
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
        cadence_ms = cadence_ms or cadence_of(heard)
        peer_listener = stack.enter_context(listening(pair.load_peer(cadence_ms), pair.peer_name, at_edge=False))
        for number in range(runs):
            if number:
                ours.append(_run(clips, _heard(our_listener, clips, lambda clip: on_clip(pair.ours.name, clip))))
            peers.append(_run(clips, _heard(peer_listener, clips, lambda clip: on_clip(pair.peer_name, clip))))
    return PairRuns(pair=pair, cadence_ms=cadence_ms, ours=tuple(ours), peers=tuple(peers))


def cadence_of(heard: Iterable[ClipTranscript]) -> int:
    """Milliseconds between one partial of an utterance and the next with other words: the median."""
    gaps = [gap for one in heard for gap in _gaps(one.said)]
    return round(float(np.median(gaps))) if gaps else SLOWEST_MS


def _gaps(said: Sequence[TimedTranscript]) -> list[int]:
    partials = [one for one in said if isinstance(one.transcript, Partial)]
    return [
        after.position_ms - before.position_ms
        for before, after in pairwise(partials)
        if before.transcript.utterance == after.transcript.utterance
        and before.transcript.text != after.transcript.text
    ]


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
        partials=sum(isinstance(said.transcript, Partial) for one in heard for said in one.said),
        scores=tuple(score(clip, _decoded(one)) for clip, one in zip(clips, heard, strict=True)),
    )


def _decoded(heard: ClipTranscript) -> ClipTranscript:
    """With every transcript as late as decoding makes it."""
    late = (replace(said, position_ms=said.position_ms + round(said.decode_ms)) for said in heard.said)
    return replace(heard, said=tuple(late))
