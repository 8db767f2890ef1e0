"""Makes other speakers and other channels of the features, for half of the chunks of every pass.

Cepstra are a linear picture of the log mel spectrum, so the spectrum can be had back: its frequencies are
stretched (a longer or shorter vocal tract, as in Jaitly & Hinton 2013), tilted and bent a little (another
microphone), and a band of it is taken out (Park et al. 2019, "SpecAugment"). Next: `network.py` learns from it.
"""

import numpy as np
import scipy.fft
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.features import CEPSTRA

LIFTER = 22.0  # Kaldi's default for cepstra
LOW_HZ, HIGH_HZ = 40.0, 3_800.0
STRETCHES = np.linspace(0.84, 1.2, 37)
SLOPE, BEND = 0.25, 0.25  # natural log units over half the band
WIDEST_GAP = 6  # mel bands

Square = NDArray[np.float32]


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log(1 + hertz / 700)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700 * (np.exp(mel / 1127.0) - 1)


def _from_spectrum() -> Square:
    """Log mel bands to cepstra, as Kaldi computes them: orthonormal DCT, then the lifter."""
    lifter = 1 + 0.5 * LIFTER * np.sin(np.pi * np.arange(CEPSTRA) / LIFTER)
    transform = scipy.fft.dct(np.eye(CEPSTRA), axis=0, norm="ortho")
    return (lifter[:, None] * transform).astype(np.float32)


def _stretched(factor: float) -> Square:
    """Every band takes its value from the band at `factor` times its frequency."""
    edges = _mel(np.array([LOW_HZ, HIGH_HZ]))
    centres = np.linspace(edges[0], edges[1], CEPSTRA + 2)[1:-1]
    at = (_mel(_hertz(centres) * factor) - centres[0]) / (centres[1] - centres[0])
    at = np.clip(at, 0, CEPSTRA - 1)
    below = np.minimum(at.astype(int), CEPSTRA - 2)
    weights = np.zeros((CEPSTRA, CEPSTRA), np.float32)
    rows = np.arange(CEPSTRA)
    weights[rows, below] = 1 - (at - below)
    weights[rows, below + 1] = at - below
    return weights


TO_CEPSTRA = torch.from_numpy(_from_spectrum())
TO_SPECTRUM = torch.linalg.inv(TO_CEPSTRA.double()).float()
STRETCHED = torch.from_numpy(np.stack([_stretched(float(factor)) for factor in STRETCHES]))


def other_voices(frames: Tensor) -> Tensor:
    """Frames (batch x time x CEPSTRA) of the same words; half of the chunks from other speakers and channels."""
    half = len(frames) // 2
    return torch.cat([frames[:half], _another_voice(frames[half:])])


def _another_voice(frames: Tensor) -> Tensor:
    batch = len(frames)
    spectra = frames @ TO_SPECTRUM.T
    spectra = torch.bmm(spectra, STRETCHED[torch.randint(len(STRETCHED), (batch,))].transpose(1, 2))
    band = torch.linspace(-1, 1, CEPSTRA)
    slope, bend = torch.randn(batch, 1, 1) * SLOPE, torch.randn(batch, 1, 1) * BEND
    spectra = spectra + slope * band + bend * torch.cos(np.pi * band)
    return _with_gap(spectra) @ TO_CEPSTRA.T


def _with_gap(spectra: Tensor) -> Tensor:
    """A band of up to WIDEST_GAP set to its own mean."""
    width = torch.randint(0, WIDEST_GAP + 1, (len(spectra), 1, 1))
    first = torch.randint(0, CEPSTRA - WIDEST_GAP, (len(spectra), 1, 1))
    bands = torch.arange(CEPSTRA)[None, None]
    inside = (bands >= first) & (bands < first + width)
    return torch.where(inside, spectra.mean(1, keepdim=True), spectra)
