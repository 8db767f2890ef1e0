"""Says what the embedded recogniser makes of turns: several voices, a telephone band, mu-law and noise.

Run it in the folder `models`: `python -m training.cues.recognise` says our texts and writes `recognised.jsonl`;
`python -m training.cues.recognise IN.jsonl OUT.jsonl` says other rows. They come back with `text_asr` replaced by
what was heard, and voice and noise in `meta`; rows that OUT has already are not said again. Never changes a label.
Next: `voiceassist cues train` reads `recognised.jsonl`.
"""

import json
import subprocess
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from voiceassist.asr.moonshine.engine import embedded_model_dir
from voiceassist.asr.moonshine.reader import MoonshineReader, load_reader
from voiceassist.asr.voice import BLOCK, RATE_HZ
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.channels import CHANNELS
from voiceassist.bench.asr.voices import SAMPLES_PER_MS, SynthVoice, available, speak
from voiceassist.samples.flite import Signal
from voiceassist.samples.telephone import RATE_HZ as LINE_HZ
from voiceassist.samples.telephone import companded, from_db, rms
from voiceassist.training.own_texts import OwnTurn, own_sentences

NOISE_DB = (10.0, 20.0)  # below the speech, drawn evenly between
HERE = Path(__file__).parent
SENTENCES = 2  # of each template
PAD_MS = 250  # silence on both sides of the sentence

Row = dict[str, Any]


def main(rows: Sequence[Row], target: Path) -> None:
    """The rows, heard, appended to `target`."""
    done = {row["id"] for row in _rows(target)} if target.exists() else set()
    left = [row for row in rows if row["id"] not in done]
    voices = [voice for voice in available() if voice.program != "festival"]  # which starts anew for each sentence
    model = load_reader(embedded_model_dir())
    with target.open("a", encoding="utf-8") as out:
        for number, row in enumerate(left, 1):
            if heard := _heard(row, model, voices):
                out.write(json.dumps(heard, ensure_ascii=False) + "\n")
                out.flush()
            print(f"\r{number} of {len(left)}", end="", file=sys.stderr)


def own_rows() -> list[Row]:
    """All lines with a cue, every third without, and two sentences of each template."""
    return [_row(sentence) for sentence in own_sentences(HERE) if _is_said(sentence)]


def _is_said(sentence: OwnTurn) -> bool:
    number = int(sentence.id.rsplit("/", 1)[1])
    if sentence.source == "own":
        return number < SENTENCES
    if sentence.source == "own_talk":
        return False
    return bool(sentence.kinds) or not number % 3


def _row(sentence: OwnTurn) -> Row:
    return {
        "id": sentence.id,
        "speaker": sentence.speaker,
        "text": sentence.text,
        "text_asr": sentence.text,
        "labels": sorted(sentence.kinds),
        "prev": sentence.before,
        "source": "own",
    }


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _heard(row: Row, model: MoonshineReader, voices: list[SynthVoice]) -> Row | None:
    """None when a synthesiser cannot say it or nothing was heard."""
    chance = np.random.default_rng(zlib.crc32(row["id"].encode()))
    voice = voices[chance.integers(len(voices))]
    try:
        speech = next(speak(voice, [row["text_asr"]]))
    except (StopIteration, ValueError, subprocess.SubprocessError):
        return None
    snr_db = float(chance.uniform(*NOISE_DB))
    pcm = _telephone(speech.signal, snr_db, chance)
    words = [word.text for word in model.read_afresh(pcm, voiced_ms=len(pcm) * 1000 // RATE_HZ).words]
    meta = dict(row.get("meta") or {}, voice=voice.name, snr_db=round(snr_db, 1))
    return {**row, "text_asr": " ".join(words), "meta": meta} if words else None


def _telephone(signal: Signal, snr_db: float, chance: np.random.Generator) -> Pcm:
    """Noise first, then the line: as a caller in a noisy room is heard. Whole blocks at the engine's rate."""
    padded = np.pad(signal, PAD_MS * SAMPLES_PER_MS)
    noisy = padded + rms(signal) * from_db(-snr_db) * chance.standard_normal(len(padded))
    if chance.random() < 0.5:
        noisy = CHANNELS["low-pass"].effect(noisy, chance)
    wide = soxr.resample(companded(np.clip(noisy, -1.0, 1.0)), LINE_HZ, RATE_HZ)
    wide = np.pad(wide, (0, -len(wide) % BLOCK))
    return np.clip(np.rint(wide * 32767.0), -32768, 32767).astype(np.int16)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(_rows(Path(sys.argv[1])), Path(sys.argv[2]))
    else:
        main(own_rows(), HERE / "recognised.jsonl")
