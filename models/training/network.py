"""The acoustic network and its training: cepstra in, one of PDFS outputs every 30 ms out.

A time-delay network as Kaldi's nnet3 has them: affine layers over a few neighbouring frames, ReLU, batch norm.
After the first layer only every third frame is computed. Never reads audio. Next: `export.py` writes it for
libvosk.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress
from torch import Tensor, nn

from training.features import CEPSTRA, Example
from training.phones import FIRST_SOUND_PDF, NOISE_PDF, PDFS, SILENCE_CLASS
from training.spectrum import other_voices

# Frames that each layer sees, relative to its own.
CONTEXTS = [[-2, -1, 0, 1, 2], [-1, 0, 1], [-3, 0, 3], [-3, 0, 3], [-6, 0, 3], [-6, 0, 3], [0]]
WIDTH = 336
LEFT = -sum(min(context) for context in CONTEXTS)
RIGHT = sum(max(context) for context in CONTEXTS)
STRIDE = 3  # libvosk assumes 30 ms per output
CHUNK = 120  # frames per training chunk
BATCH = 64
PEAK_RATE = 2e-3
NOISE_SHARE = 0.03  # of every sound's probability goes to the noise phone, which makes [unk] work
CHANNEL_SHIFT = 0.25  # standard deviations: a constant per chunk, as if the microphone were another


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network and what decoding needs besides."""

    state: dict[str, Tensor]
    mean: NDArray[np.float32]  # of each cepstrum
    deviation: NDArray[np.float32]
    counts: NDArray[np.float64]  # how often each output was the right one
    accuracy: float  # on held-out chunks


class Network(nn.Module):
    """Takes batch x (LEFT + CHUNK + RIGHT) x CEPSTRA, gives batch x CHUNK / 3 x PDFS."""

    def __init__(self) -> None:
        super().__init__()
        self.affine = nn.ModuleList()
        self.norm = nn.ModuleList()
        size = CEPSTRA
        for context in CONTEXTS[:-1]:
            self.affine.append(nn.Linear(size * len(context), WIDTH))
            self.norm.append(nn.BatchNorm1d(WIDTH, affine=False))
            size = WIDTH
        self.affine.append(nn.Linear(size * len(CONTEXTS[-1]), PDFS))

    def forward(self, frames: Tensor) -> Tensor:
        """Outputs without softmax."""
        first, step = -LEFT, 1
        for index, context in enumerate(CONTEXTS):
            later = CONTEXTS[index + 1 :]
            begin = sum(min(other) for other in later)
            end = CHUNK - STRIDE + sum(max(other) for other in later)
            stride = 1 if index == 0 else STRIDE
            count = (end - begin) // stride + 1
            starts = [(begin + offset - first) // step for offset in context]
            hop = stride // step
            pieces = [frames[:, start : start + (count - 1) * hop + 1 : hop] for start in starts]
            frames = self.affine[index](torch.cat(pieces, 2))
            if later:
                frames = self._normed(index, torch.relu(frames))
            first, step = begin, stride
        return frames

    def _normed(self, index: int, frames: Tensor) -> Tensor:
        batch, count, size = frames.shape
        normed: Tensor = self.norm[index](frames.reshape(batch * count, size)).reshape(batch, count, size)
        return normed


def train(examples: Sequence[Example], passes: float, threads: int) -> Trained:
    """Learns from the examples, `passes` times over; every hundredth is held out."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    held_out, learnt = examples[::100], [one for index, one in enumerate(examples) if index % 100]
    mean, deviation = _statistics(learnt)
    network = Network()
    steps = int(passes * sum(len(one.cepstra) for one in learnt) / CHUNK / BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
    with Progress() as progress:
        bar = progress.add_task("learning", total=steps)
        for step, (frames, targets) in enumerate(_batches(learnt, steps)):
            normal = _normal(other_voices(frames), mean, deviation, shift=CHANNEL_SHIFT)
            _set_rate(optimiser, step / steps)
            _learn(network, optimiser, normal, targets)
            progress.update(bar, advance=1)
    accuracy = _accuracy(network, held_out, mean, deviation)
    return Trained(network.state_dict(), mean, deviation, _counts(learnt), accuracy)


def _statistics(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    some = np.concatenate([one.cepstra[::7].astype(np.float32) for one in examples[::5]])
    return some.mean(0), some.std(0)


def _batches(examples: Sequence[Example], steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Random chunks; long sentences as often as their length deserves."""
    chance = np.random.default_rng(0)
    lengths = np.array([len(one.cepstra) for one in examples])
    for _ in range(steps):
        chosen = chance.choice(len(examples), size=BATCH, p=lengths / lengths.sum())
        chunks = [_chunk(examples[one], int(chance.integers(max(1, lengths[one] - 45)))) for one in chosen]
        yield (
            torch.from_numpy(np.stack([frames for frames, _ in chunks])).float(),
            torch.from_numpy(np.stack([targets for _, targets in chunks])),
        )


def _chunk(one: Example, begin: int) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """Frames with their context, and the right output of every third frame; -1 beyond the end."""
    length = len(one.cepstra)
    frames = np.clip(np.arange(begin - LEFT, begin + CHUNK + RIGHT), 0, length - 1)
    times = np.arange(begin, begin + CHUNK, STRIDE)
    return one.cepstra[frames], np.where(times < length, _targets(one, times), -1)


def _targets(one: Example, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first output of a sound is its own pdf."""
    last = len(one.cepstra) - 1
    now, before = np.minimum(times, last), np.clip(times - STRIDE, 0, last)
    is_first = (one.instances[now] != one.instances[before]) | (times < STRIDE)
    sounds = one.sounds[now].astype(np.int64)
    silence = np.where(is_first, 0, 1)
    return np.where(sounds == SILENCE_CLASS, silence, FIRST_SOUND_PDF + 2 * (sounds - 1) + ~is_first)


def _normal(
    frames: Tensor, mean: NDArray[np.float32], deviation: NDArray[np.float32], *, shift: float = 0.0
) -> Tensor:
    normal = (frames - torch.from_numpy(mean)) / torch.from_numpy(deviation)
    return normal + torch.randn(len(normal), 1, CEPSTRA) * shift if shift else normal


def _set_rate(optimiser: torch.optim.Optimizer, done: float) -> None:
    """Up within 2 % of the way, then down along a cosine."""
    warm = min(1.0, done * 50)
    for group in optimiser.param_groups:
        group["lr"] = PEAK_RATE * warm * (0.98 * 0.5 * (1 + math.cos(math.pi * done)) + 0.02)


def _learn(network: Network, optimiser: torch.optim.Optimizer, frames: Tensor, targets: Tensor) -> None:
    optimiser.zero_grad()
    _loss(network(frames), targets).backward()
    nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimiser.step()


def _loss(outputs: Tensor, targets: Tensor) -> Tensor:
    inside = targets >= 0
    chances = torch.log_softmax(outputs, -1)[inside]
    right = targets[inside]
    noise = NOISE_SHARE * (right >= FIRST_SOUND_PDF).float()
    chosen = chances.gather(1, right[:, None])[:, 0]
    return -((1 - noise) * chosen + noise * chances[:, NOISE_PDF]).mean()


def _accuracy(
    network: Network, examples: Sequence[Example], mean: NDArray[np.float32], deviation: NDArray[np.float32]
) -> float:
    network.eval()
    hits = total = 0
    with torch.no_grad():
        for one in examples:
            frames, targets = _chunk(one, 0)
            normal = _normal(torch.from_numpy(frames[None]).float(), mean, deviation)
            outputs = network(normal)[0].argmax(1).numpy()
            hits += int((outputs[targets >= 0] == targets[targets >= 0]).sum())
            total += int((targets >= 0).sum())
    return hits / total


def _counts(examples: Sequence[Example]) -> NDArray[np.float64]:
    counts = np.zeros(PDFS)
    for one in examples[::11]:
        np.add.at(counts, _targets(one, np.arange(0, len(one.cepstra), STRIDE)), 1)
    return counts
