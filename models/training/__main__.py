"""`python -m training`, in the folder `models`: rebuilds `vosk-tiny-en` from nothing but programs and texts.

Four steps, each with its progress: texts, speech (kept in the work folder, so an interrupted run goes on),
learning, graph. Next: `voiceassist models bench vosk-tiny-en --synthesise` measures the result.
"""

import argparse
import os
import pickle
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from training import cast, counts, lm, templates, vocabulary
from training.graph import PLUGINS
from voiceassist.samples.dialogues import DIALOGUES
from voiceassist.speech_models.record import describe, record_path, write_record

if TYPE_CHECKING:
    from training.network import Trained

HERE = Path(__file__).parent
MODEL = HERE.parent / "vosk-tiny-en"
WORK = HERE.parent / ".training-work"
HELD_OUT = HERE / "test" / "templates.txt"  # sentences of the templates that are neither spoken nor counted
COPIES = 20  # sentences made of each template
OWN_WEIGHT, PUBLISHED_WEIGHT = 0.04, 0.2  # chosen by perplexity on dialogues that are in neither
NGRAMS = 235_000  # of two and three words: what fits beside the rest into 8 MB
PASSES = 3.3
PROGRAMS = ("flite", "festival", "espeak-ng", "fstcompile", "fstconvert")

say = Console(stderr=True).print


@dataclass(frozen=True, slots=True)
class Texts:
    """What is spoken and what is expected to be said."""

    sentences: list[str]
    vocabulary: list[str]
    own: counts.Counts


def main() -> None:
    """The whole recipe."""
    options = _options()
    _check_programs()
    started = time.monotonic()
    texts = read_texts()
    say(f"1/4 texts: {len(texts.sentences)} sentences, {len(texts.vocabulary)} words")
    todo = cast.jobs(_pronounceable(texts), texts.vocabulary)
    say(f"2/4 speech: {sum(len(job.texts) for job in todo)} sentences in {len(cast.SENTENCES_OF)} voices")
    files = cast.speak_all(todo, options.work / "spoken", options.threads)
    say("3/4 learning")
    trained = _learn(files, options)
    say(f"    {trained.accuracy:.1%} of the held-out frames right")
    say("4/4 graph")
    _export(options.out, trained, texts)
    size = sum(file.stat().st_size for file in options.out.rglob("*") if file.is_file())
    say(f"{options.out}: {size / 1e6:.1f} MB after {(time.monotonic() - started) / 60:.0f} minutes")


def read_texts() -> Texts:
    """The same on every run."""
    written = templates.load_templates(HERE / "text")
    held_out = set(HELD_OUT.read_text(encoding="utf-8").splitlines())
    made = templates.sentences(written, COPIES, random.Random(1))
    sentences = [sentence for sentence in made if sentence not in held_out]
    sentences += COPIES * list(_sample_calls())
    own = templates.words_of(written) | {word for sentence in sentences for word in sentence.split()}
    if lacking := vocabulary.unpronounceable(own):
        say(f"[yellow]without a pronunciation, left out:[/] {' '.join(lacking)}")
    return Texts(sentences, vocabulary.vocabulary(own, counts.read()), counts.count(sentences))


def _sample_calls() -> Iterator[str]:
    """What is said in the demo's sample calls: the names of its people and products are nowhere else."""
    for dialogue in DIALOGUES:
        for line in dialogue.lines:
            yield from counts.plain_sentences(line.text)


def _pronounceable(texts: Texts) -> list[str]:
    known = set(texts.vocabulary)
    return [sentence for sentence in texts.sentences if known.issuperset(sentence.split())]


def _learn(files: list[Path], options: argparse.Namespace) -> "Trained":
    from training import network  # noqa: PLC0415 - torch takes seconds to import, and the workers need none of it

    examples = cast.load(files)
    random.Random(0).shuffle(examples)
    trained = network.train(examples, options.passes, options.threads)
    (options.work / "trained.pickle").write_bytes(pickle.dumps(trained))
    return trained


def _export(out: Path, trained: "Trained", texts: Texts) -> None:
    from training.export import export  # noqa: PLC0415 - as above

    model = lm.estimate(
        lm.merged(texts.own, OWN_WEIGHT, counts.read(), PUBLISHED_WEIGHT), texts.vocabulary, NGRAMS
    )
    export(out, trained, texts.vocabulary, model)
    about = describe(
        out,
        name=out.name,
        language="en-us",
        source="made by models/training",
        fit_for="synthesised",
        licence="Apache-2.0",
    )
    write_record(about, record_path(out))


def _check_programs() -> None:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    missing += [str(folder) for folder in (vocabulary.SCOWL, PLUGINS) if not folder.is_dir()]
    if missing:
        raise SystemExit(f"missing: {' '.join(missing)}; `make model` installs it on Debian and Ubuntu")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=MODEL, help="folder of the model (default: the committed one)")
    parser.add_argument("--work", type=Path, default=WORK, help="folder for speech; may be deleted afterwards")
    parser.add_argument("--passes", type=float, default=PASSES, help="how often every sentence is heard")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
