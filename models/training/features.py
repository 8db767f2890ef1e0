"""Speech as the network sees it: 40 cepstra every 10 ms, and which sound each of them belongs to.

The options equal `conf/mfcc.conf`, because libvosk computes the same features at run time.
Next: `network.py` learns from them.
"""

from dataclasses import dataclass

import kaldi_native_fbank
import numpy as np
from numpy.typing import NDArray

from training.line import RATE_HZ, Audio, Line
from training.phones import CLASS, SILENCE_CLASS
from training.speech import Segments

CEPSTRA = 40
FRAME_S = 0.01
CENTRE_S = 0.0125  # of the first 25 ms window
SHORTEST = 3  # frames of a sound: one output of the network, which sees every third

MFCC_CONF = f"""--use-energy=false
--sample-frequency={RATE_HZ}
--num-mel-bins={CEPSTRA}
--num-ceps={CEPSTRA}
--low-freq=40
--high-freq=-200
--dither=0
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One spoken sentence to learn from."""

    cepstra: NDArray[np.float16]  # frames x CEPSTRA
    sounds: NDArray[np.uint8]  # class of each frame
    instances: NDArray[np.int16]  # which sound of the sentence each frame belongs to


def example(line: Line) -> Example:
    """Features and labels of a transmitted sentence."""
    cepstra = mfcc(line.samples)
    return Example(cepstra.astype(np.float16), *labels(line.segments, len(cepstra)))


def mfcc(samples: Audio) -> NDArray[np.float32]:
    """Frames x CEPSTRA."""
    computer = kaldi_native_fbank.OnlineMfcc(_options())
    computer.accept_waveform(RATE_HZ, samples.tolist())
    computer.input_finished()
    return np.stack([computer.get_frame(index) for index in range(computer.num_frames_ready)]).astype(np.float32)


def _options() -> kaldi_native_fbank.MfccOptions:
    options = kaldi_native_fbank.MfccOptions()
    options.use_energy = False
    options.num_ceps = CEPSTRA
    options.frame_opts.samp_freq = RATE_HZ
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = CEPSTRA
    options.mel_opts.low_freq = 40
    options.mel_opts.high_freq = -200
    return options


def labels(segments: Segments, frames: int) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Class and instance of every frame. A sound shorter than SHORTEST frames pushes the next ones back."""
    sounds = np.full(frames, SILENCE_CLASS, np.uint8)
    instances = np.zeros(frames, np.int16)
    begin = number = 0
    for number, (sound, end) in enumerate(_without_repeated_silence(segments)):
        until = max(int(np.ceil((end - CENTRE_S) / FRAME_S)), begin + SHORTEST)
        sounds[begin:until], instances[begin:until] = sound, number
        begin = until
    instances[begin:] = number + 1
    return sounds, instances


def _without_repeated_silence(segments: Segments) -> list[tuple[int, float]]:
    merged: list[tuple[int, float]] = []
    for name, end in segments:
        sound = CLASS[name]
        if merged and merged[-1][0] == sound == SILENCE_CLASS:
            merged[-1] = (sound, end)
        else:
            merged.append((sound, end))
    return merged
