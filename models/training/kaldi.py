r"""Writes Kaldi's binary format: a transition model and an nnet3 network, as `am/final.mdl` holds them.

The layout is that of kaldi/src/hmm/transition-model.cc, nnet3/nnet-nnet.cc and matrix/compressed-matrix.cc: after
`\0B` every token is followed by one space, a number is preceded by its size in bytes. Knows nothing of training.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Layer:
    """One affine layer over neighbouring frames of the layer before."""

    context: list[int]
    weights: Floats  # outputs x (inputs * len(context))
    bias: Floats
    rectified: bool


def binary(*parts: bytes) -> bytes:
    """A file's content."""
    return b"\0B" + b"".join(parts)


def _token(name: str) -> bytes:
    return name.encode() + b" "


def _int(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def _ints(values: Sequence[int]) -> bytes:
    return _int(len(values)) + struct.pack(f"<{len(values)}i", *values)


def _vector(values: Floats) -> bytes:
    return b"FV " + _int(len(values)) + values.astype("<f4").tobytes()


def _matrix(values: Floats) -> bytes:
    """Kaldi's 16-bit compressed matrix, CM2: half the size, no loss that can be heard."""
    low = float(np.float32(values.min()))
    span = float(np.float32(values.max() - values.min()))
    coded = np.clip(np.round((values.astype(np.float64) - low) / span * 65_535), 0, 65_535).astype("<u2")
    return b"CM2 " + struct.pack("<ffii", low, span, *values.shape) + coded.tobytes()


def transition_model(pdfs: Mapping[int, tuple[int, int]], stay: Mapping[int, float]) -> bytes:
    """Phones 1..N with one emitting state each: pdfs of its first and other frames, probability of staying."""
    phones = sorted(pdfs)
    topology = [
        _ints(phones), _ints([-1] + [0] * len(phones)),  # all phones share topology entry 0
        _int(-1), _int(1), _int(2),  # extended format, one entry, two states
        _int(0), _int(1), _int(2), _int(0), _float(0.5), _int(1), _float(0.5),  # emitting; loops or leaves
        _int(-1), _int(-1), _int(0),  # final
    ]  # fmt: skip
    tuples = [_int(number) for phone in phones for number in (phone, 0, *pdfs[phone])]
    chances = [0.0] + [float(np.log(value)) for phone in phones for value in (stay[phone], 1 - stay[phone])]
    return b"".join([
        _token("<TransitionModel>"), _token("<Topology>"), *topology, _token("</Topology>"),
        _token("<Tuples>"), _int(len(phones)), *tuples, _token("</Tuples>"),
        _token("<LogProbs>"), _vector(np.array(chances)), _token("</LogProbs>"), _token("</TransitionModel>"),
    ])  # fmt: skip


def network(layers: Sequence[Layer], inputs: int) -> bytes:
    """An nnet3 network of fixed affine and rectified linear components; contexts are computed at loading."""
    nodes = [f"input-node name=input dim={inputs}"]
    components: list[bytes] = []
    previous = "input"
    for number, layer in enumerate(layers):
        name = f"l{number}.affine"
        nodes.append(f"component-node name={name} component={name} input={_appended(previous, layer.context)}")
        components.append(_affine(name, layer))
        previous = name
        if layer.rectified:
            name = f"l{number}.relu"
            nodes.append(f"component-node name={name} component={name} input={previous}")
            components.append(_rectified(name, len(layer.bias)))
            previous = name
    nodes.append(f"output-node name=output input={previous} objective=linear")
    return b"".join([
        _token("<Nnet3>"), ("\n" + "\n".join(nodes) + "\n\n").encode(),
        _token("<NumComponents>"), _int(len(components)), *components, _token("</Nnet3>"),
        _token("<LeftContext>"), _int(0), _token("<RightContext>"), _int(0),
        _token("<Priors>"), _vector(np.zeros(0)),
    ])  # fmt: skip


def _appended(node: str, context: list[int]) -> str:
    if context == [0]:
        return node
    return f"Append({', '.join(node if at == 0 else f'Offset({node}, {at})' for at in context)})"


def _affine(name: str, layer: Layer) -> bytes:
    return b"".join([
        _token("<ComponentName>"), _token(name), _token("<FixedAffineComponent>"),
        _token("<LinearParams>"), _matrix(layer.weights), _token("<BiasParams>"), _vector(layer.bias),
        _token("</FixedAffineComponent>"),
    ])  # fmt: skip


def _rectified(name: str, size: int) -> bytes:
    return b"".join([
        _token("<ComponentName>"), _token(name), _token("<RectifiedLinearComponent>"), _token("<Dim>"), _int(size),
        _token("<ValueAvg>"), _vector(np.zeros(0)), _token("<DerivAvg>"), _vector(np.zeros(0)),
        _token("<Count>"), b"\x08" + struct.pack("<d", 0.0), _token("</RectifiedLinearComponent>"),
    ])  # fmt: skip
