"""Who speaks how much, and what: turns texts into examples, voice by voice, on all cores.

Half of what is said are sentences of the templates, half are random words, so that every word of the vocabulary
and every pair of sounds is heard. One voice, UNSEEN, never speaks here. Next: `network.py`.
"""

import pickle
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from rich.progress import track

from training.features import Example, example
from training.line import Audio, loudness, on_the_line, resample
from training.speech import Manner, Speech, espeak, festival, flite

UNSEEN = "festival:ked_diphone"
BATCH = 50  # sentences per job

_ESPEAK_VARIANTS = [
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "klatt", "klatt2", "klatt4",
    "Alex", "Andy", "Annie", "Denis", "Gene", "Lee", "Michael", "Mike", "aunty", "belinda", "edward", "linda",
    "max", "norbert", "quincy", "rob", "robert", "steph", "john", "adam", "iven", "marcelo", "pablo", "paul",
    "travis", "victor", "zac", "shelby", "grandma", "grandpa", "anika", "david", "caleb",
]  # fmt: skip
SENTENCES_OF = {
    "flite:kal16": 3600, "flite:awb": 3000, "flite:rms": 2400, "flite:slt": 2800,
    "festival:cmu_us_slt_arctic_hts": 2000, "festival:kal_diphone": 2400,
    **{f"espeak:en-us+{variant}": 120 for variant in _ESPEAK_VARIANTS}, "espeak:en-us": 400,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """A batch of sentences for one voice."""

    voice: str
    number: int
    texts: tuple[str, ...]


def jobs(sentences: Sequence[str], words: Sequence[str]) -> list[Job]:
    """All the work, the same on every run."""
    made = []
    for voice, count in SENTENCES_OF.items():
        chance = random.Random(voice)
        texts = [_text(sentences, words, chance) for _ in range(count)]
        batches = (texts[start : start + BATCH] for start in range(0, count, BATCH))
        made += [Job(voice, number, tuple(batch)) for number, batch in enumerate(batches)]
    return made


def _text(sentences: Sequence[str], words: Sequence[str], chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(sentences)
    return " ".join(chance.choice(words) for _ in range(chance.randint(4, 9)))


def speak_all(todo: Sequence[Job], folder: Path, workers: int) -> list[Path]:
    """One file of examples per job; those that exist are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        done = pool.map(_do, todo, [folder] * len(todo))
        return list(track(done, "speaking", total=len(todo)))


def _do(job: Job, folder: Path) -> Path:
    file = folder / f"{job.voice.replace(':', '_').replace('+', '_')}_{job.number}.pickle"
    if not file.exists():
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps(list(_examples(job))))
        part.rename(file)
    return file


def _examples(job: Job) -> Iterator[Example]:
    seed = crc32(f"{job.voice} {job.number}".encode())
    lively, chance = random.Random(seed), np.random.default_rng(seed)
    for speech in speak(job.voice, job.texts, lively):
        yield example(on_the_line(speech, _babble(), chance))


def load(files: Sequence[Path]) -> list[Example]:
    """Everything that was spoken."""
    return [one for file in files for one in pickle.loads(file.read_bytes())]


def speak(voice: str, texts: Sequence[str], chance: random.Random) -> Iterator[Speech]:
    """Texts in a voice called "engine:name", every one in its own manner."""
    engine, _, name = voice.partition(":")
    manners = [Manner(chance.uniform(0.8, 1.35), chance.uniform(0.8, 1.3)) for _ in texts]
    paused = [_with_pauses(text, chance) for text in texts]
    if engine == "festival":
        yield from festival(name, paused, manners)
        return
    say = {"flite": flite, "espeak": espeak}[engine]
    for text, manner in zip(paused, manners, strict=True):
        yield say(name, text, manner)


def _with_pauses(text: str, chance: random.Random) -> str:
    if chance.random() > 0.25:
        return text
    return " ".join(word + "," if chance.random() < 0.2 else word for word in text.split()).rstrip(",")


@cache
def _babble() -> list[Audio]:
    """Voices for the background, equally loud."""
    texts = [
        "the other people in this room are talking about something else all day long",
        "one two three four five",
    ]
    voices = ["flite:slt", "flite:rms", "flite:awb", "flite:kal16", "espeak:en-us+f2", "espeak:en-us+m3"]
    spoken = (one for voice in voices for one in speak(voice, texts, random.Random(voice)))
    heard = [resample(speech.samples.astype(np.float32), speech.rate_hz) for speech in spoken]
    return [samples / np.float32(loudness(samples)) for samples in heard]
