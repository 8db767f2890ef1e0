"""Speaks the sample calls: `python -m voiceassist.samples.synthesise [--check]`.

Writes one recording and one JSON file per dialogue beside this module, the same every time; with
`--check` writes nothing and fails when a fresh rendering differs from the committed files.
Never runs in the product: the committed files are all that the demo needs.
Next: `voiceassist.samples.load_sample` reads the files.
"""

# ruff: noqa: T201  A command that reports to the person who runs it.

import argparse
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import recording, telephone
from voiceassist.samples.casting import CASTING
from voiceassist.samples.dialogues import DIALOGUES
from voiceassist.samples.flite import AlignmentError, FliteMissingError, Signal, SynthesisedLine, speak
from voiceassist.samples.sample import Sample, SpokenLine, SpokenWord, to_json
from voiceassist.samples.script import Dialogue, Line
from voiceassist.samples.telephone import SAMPLES_PER_MS

FOLDER = Path(__file__).parent
LEAD_IN_MS = 800  # A caller is connected a moment before anybody speaks
TAIL_MS = 1_200  # Long enough for a recogniser to close the last turn by itself
SIDE_GAP_MS = 150  # The least breath between two lines of one speaker


def main(arguments: list[str] | None = None) -> int:
    """Write or check the samples; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m voiceassist.samples.synthesise")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    try:
        if parser.parse_args(arguments).check:
            return _check()
        _write(FOLDER)
    except FliteMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


def _write(folder: Path) -> None:
    for dialogue in DIALOGUES:
        sample, sides = render(dialogue, folder)
        recording.write(sample.recording, np.stack([sides[speaker] for speaker in SPEAKERS]))
        _json_path(sample).write_text(to_json(sample), encoding="utf-8")
        print(_figures(sample, sides))


def _check() -> int:
    with tempfile.TemporaryDirectory() as fresh:
        _write(Path(fresh))
        stale = [path.name for path in sorted(Path(fresh).iterdir()) if not _same(path, FOLDER / path.name)]
    for name in stale:
        print(f"{name}: differs from a fresh rendering", file=sys.stderr)
    return 1 if stale else 0


def _same(fresh: Path, committed: Path) -> bool:
    return committed.exists() and fresh.read_bytes() == committed.read_bytes()


def render(dialogue: Dialogue, folder: Path) -> tuple[Sample, dict[Speaker, Signal]]:
    """Speak a dialogue; gives the sample as it will be stored in `folder`, and both sides."""
    voices = CASTING[dialogue.id]
    utterances = [speak(line.text, voices[line.speaker]) for line in dialogue.lines]
    lines = schedule(dialogue, utterances)
    duration_ms = max(line.end_ms for line in lines) + TAIL_MS
    sides = {speaker: _side(dialogue, speaker, utterances, lines, duration_ms) for speaker in SPEAKERS}
    return _sample(dialogue, lines, duration_ms, folder), sides


def _sample(dialogue: Dialogue, lines: list[SpokenLine], duration_ms: int, folder: Path) -> Sample:
    return Sample(
        id=dialogue.id,
        title=dialogue.title,
        summary=dialogue.summary,
        agent=dialogue.agent,
        customer=dialogue.customer,
        duration_ms=duration_ms,
        lines=tuple(lines),
        expect=dialogue.expect,
        recording=folder / f"{dialogue.id}.ogg",
    )


def schedule(dialogue: Dialogue, utterances: list[SynthesisedLine]) -> list[SpokenLine]:
    """Give every line its place in the call."""
    lines: list[SpokenLine] = []
    for line, utterance in zip(dialogue.lines, utterances, strict=True):
        before_ms = max((spoken.end_ms for spoken in lines), default=LEAD_IN_MS)
        start_ms = before_ms + (line.pause_before_ms if lines else 0)
        if start_ms < _own_end_ms(lines, line.speaker):
            raise AlignmentError(f"{dialogue.id}: {line.text!r} starts before its speaker is done")
        lines.append(_spoken(line, utterance, start_ms))
    return lines


def _own_end_ms(lines: list[SpokenLine], speaker: Speaker) -> int:
    ends = (line.end_ms + SIDE_GAP_MS for line in lines if line.speaker == speaker)
    return max(ends, default=0)


def _spoken(line: Line, utterance: SynthesisedLine, start_ms: int) -> SpokenLine:
    shift_ms = start_ms - utterance.words[0].start_ms
    words = tuple(
        SpokenWord(word.text, word.start_ms + shift_ms, word.end_ms + shift_ms) for word in utterance.words
    )
    return SpokenLine(line.speaker, line.text, words[0].start_ms, words[-1].end_ms, words)


def _side(
    dialogue: Dialogue,
    speaker: Speaker,
    utterances: list[SynthesisedLine],
    spoken: list[SpokenLine],
    duration_ms: int,
) -> Signal:
    voice = CASTING[dialogue.id][speaker]
    side = np.zeros(duration_ms * SAMPLES_PER_MS)
    for line, utterance, place in zip(dialogue.lines, utterances, spoken, strict=True):
        if line.speaker == speaker:
            sound = telephone.voice_at_level(utterance, voice.level_dbfs + line.raised_db)
            _add(side, sound, place.start_ms - utterance.words[0].start_ms)
    return telephone.line(side, voice, np.random.default_rng(_seed(dialogue.id, speaker)))


def _add(side: Signal, sound: Signal, at_ms: int) -> None:
    start = at_ms * SAMPLES_PER_MS
    side[start : start + len(sound)] += sound


def _seed(dialogue_id: str, speaker: Speaker) -> int:
    # Not `hash`, which Python changes with every start.
    return zlib.crc32(f"{dialogue_id}/{speaker}".encode())


def _json_path(sample: Sample) -> Path:
    return sample.recording.with_suffix(".json")


def _figures(sample: Sample, sides: dict[Speaker, Signal]) -> str:
    size = sample.recording.stat().st_size
    return (
        f"{sample.id:15} {sample.duration_ms / 1000:5.1f} s {size / 1000:6.1f} kB"
        f"  leakage {_leakage_db(sample, sides):6.1f} dB"
    )


def _leakage_db(sample: Sample, sides: dict[Speaker, Signal]) -> float:
    """Worst share of one side that the coder put into the other."""
    decoded = recording.read(sample.recording)
    first, second = (sides[speaker] for speaker in SPEAKERS)
    into_first = _share(of=second, within=decoded[0, : len(first)] - first)
    into_second = _share(of=first, within=decoded[1, : len(second)] - second)
    return 20.0 * float(np.log10(max(into_first, into_second)))


def _share(of: Signal, within: Signal) -> float:
    return abs(float(np.dot(of, within))) / float(np.dot(of, of))


if __name__ == "__main__":
    sys.exit(main())
