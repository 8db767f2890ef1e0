"""Writes a model folder that stock libvosk loads: network, features, decoder settings, graph.

Normalisation is folded into the next layer and the outputs' priors into the last bias, so that the file has only
affine and rectified linear components. Next: `voiceassist models verify` tries it.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import kaldi
from training.features import CEPSTRA, MFCC_CONF
from training.graph import word_ids, write_graph
from training.lexicon import lexicon
from training.lm import LanguageModel, acceptor
from training.network import CONTEXTS, NOISE_SHARE, Trained
from training.phones import FIRST_SOUND_PDF, NOISE, NOISE_PDF, PHONE_ID, pdfs_of

NORM_EPSILON = 1e-5  # torch's BatchNorm1d

# The acoustic scale is a compromise: lower trusts the language model more, higher the voice. Half a second of
# silence ends an utterance. Short chunks of nine frames bring partials about 90 ms sooner than libvosk's default.
MODEL_CONF = """--beam=13
--lattice-beam=6
--max-active=3000
--min-active=200
--acoustic-scale=0.7
--frame-subsampling-factor=3
--frames-per-chunk=9
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def export(folder: Path, trained: Trained, vocabulary: list[str], model: LanguageModel) -> None:
    """Everything libvosk reads."""
    stay = staying(trained.counts)
    pdfs = {number: pdfs_of(phone) for phone, number in PHONE_ID.items()}
    for name in ("am", "conf", "graph"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    network = kaldi.network(layers(trained), CEPSTRA)
    (folder / "am/final.mdl").write_bytes(kaldi.binary(kaldi.transition_model(pdfs, stay), network))
    (folder / "conf/mfcc.conf").write_text(MFCC_CONF, encoding="utf-8")
    (folder / "conf/model.conf").write_text(MODEL_CONF, encoding="utf-8")
    words = word_ids(vocabulary)
    ids = {word: number for number, word in enumerate(words)}
    write_graph(folder / "graph", lexicon(vocabulary), words, acceptor(model, ids), stay)


def staying(counts: NDArray[np.float64]) -> dict[int, float]:
    """Per phone id, how probable one more frame of the same phone is."""
    stay = {}
    for phone, number in PHONE_ID.items():
        first, others = (counts[pdf] for pdf in pdfs_of(phone))
        stay[number] = 0.75 if phone == NOISE else float(np.clip(others / (first + others), 0.1, 0.97))
    return stay


def layers(trained: Trained) -> list[kaldi.Layer]:
    """The network with every normalisation folded into the layer after it."""
    mean, variance = trained.mean.astype(np.float64), trained.deviation.astype(np.float64) ** 2
    made = []
    for index, context in enumerate(CONTEXTS):
        weights = trained.state[f"affine.{index}.weight"].numpy().astype(np.float64)
        bias = trained.state[f"affine.{index}.bias"].numpy().astype(np.float64)
        scale = np.tile(1 / np.sqrt(variance + (NORM_EPSILON if index else 0)), len(context))
        bias = bias - weights @ (np.tile(mean, len(context)) * scale)
        is_last = index == len(CONTEXTS) - 1
        bias = bias - np.log(priors(trained.counts)) if is_last else bias
        made.append(kaldi.Layer(context, weights * scale, bias, rectified=not is_last))
        if not is_last:
            mean = trained.state[f"norm.{index}.running_mean"].numpy().astype(np.float64)
            variance = trained.state[f"norm.{index}.running_var"].numpy().astype(np.float64)
    return made


def priors(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How probable each output is, with the noise phone's share of the sounds."""
    chances = counts / counts.sum()
    sounds = chances[FIRST_SOUND_PDF:].sum()
    chances[FIRST_SOUND_PDF:] *= 1 - NOISE_SHARE
    chances[NOISE_PDF] = NOISE_SHARE * sounds
    return np.maximum(chances, 1e-8)
