"""The sample calls as clips: one per side of each call, with the synthesiser's own word times.

Next: `listener.py` hears them.
"""

from collections.abc import Iterator, Sequence

from voiceassist.bench.asr.clip import Clip, SaidUtterance, SaidWord
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import Sample, SpokenLine, list_samples, load_sample
from voiceassist.store.audiofile import read_audio

MATERIAL = "sample calls"


def sample_clips(ids: Sequence[str] = ()) -> Iterator[Clip]:
    """Both sides of the samples called so, or of all. Raises ValueError for an unknown one."""
    for sample in [load_sample(name) for name in ids] or list_samples():
        audio = read_audio(sample.recording)
        for speaker, pcm, other in zip(SPEAKERS, audio.channels, reversed(audio.channels), strict=True):
            yield Clip(
                material=MATERIAL,
                name=f"{sample.id}/{speaker}",
                speaker=speaker,
                pcm=pcm,
                rate_hz=audio.rate_hz,
                lines=_lines(sample, speaker),
                other=other,
            )


def _lines(sample: Sample, speaker: Speaker) -> tuple[SaidUtterance, ...]:
    return tuple(_line(line) for line in sample.lines if line.speaker == speaker)


def _line(line: SpokenLine) -> SaidUtterance:
    return tuple(SaidWord(text=word.text, start_ms=word.start_ms, end_ms=word.end_ms) for word in line.words)
