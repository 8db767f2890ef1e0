"""The noise that Kaldi's networks were trained with, but always the same: so the same sound gives the same words.

Kaldi adds noise to every sample ("dither") unless a model's settings forbid it; the vendor's models leave it on.
Its random numbers depend on what was decoded before: the same 20 s gave a model of the vendor's format 2 other
words of 17. So a model is loaded from a copy of its folder (links, and settings of its features that forbid it),
and `stream.py` adds noise of that strength itself. Without any, digital silence would be like nothing that a
network has ever seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from voiceassist.asr.voice import RATE_HZ
from voiceassist.audio.pcm import Pcm
from voiceassist.speech_models.layout import layout_of

OPTION = "--dither="
KALDIS_OWN = 1.0  # standard deviation in samples (`FrameExtractionOptions` in Kaldi's src/feat/feature-window.h)


def dither_of(model_dir: Path) -> float:
    """How strong the noise is that the model wants: standard deviation in samples."""
    lines = (model_dir / layout_of(model_dir).features).read_text(encoding="utf-8", errors="replace").splitlines()
    wanted = [line.strip().removeprefix(OPTION) for line in lines if line.strip().startswith(OPTION)]
    try:
        return max(0.0, float(wanted[-1])) if wanted else KALDIS_OWN
    except ValueError:  # libvosk refuses such a model itself, with the line
        return 0.0


@contextmanager
def undithered(model_dir: Path) -> Iterator[Path]:
    """A folder of the same model without Kaldi's noise, as long as it takes to load it. Raises OSError."""
    settings = Path(layout_of(model_dir).features)
    with TemporaryDirectory(prefix="voiceassist-model-") as name:
        copy = Path(name)
        for part in (Path(), *settings.parents[:-1]):
            (copy / part).mkdir(exist_ok=True)
            for path in (model_dir / part).resolve().iterdir():
                if part / path.name not in (settings, *settings.parents):
                    (copy / part / path.name).symlink_to(path)
        text = (model_dir / settings).read_text(encoding="utf-8", errors="replace")
        (copy / settings).write_text(f"{text}\n{OPTION}0\n", encoding="utf-8")
        yield copy


@cache
def noise(strength: float) -> Pcm:
    """A second of it, to be added again and again."""
    return np.asarray(np.rint(np.random.default_rng(1).normal(0.0, strength, RATE_HZ)), np.int16)


def dithered(pcm: Pcm, at: int, strength: float) -> Pcm:
    """The samples with noise, which depends on their place `at` in the stream only."""
    if not strength:
        return pcm
    added = np.resize(np.roll(noise(strength), -at), len(pcm))
    return np.asarray(np.clip(pcm.astype(np.int32) + added, -32_768, 32_767), np.int16)
