"""Graphs with the inputs and outputs of Moonshine's, in any size, that hear nothing.

In the place of onnxruntime's sessions, which refuse inputs of other names or shapes just as these do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voiceassist.asr.moonshine.tokens import END
from voiceassist.speech_models.layout import ENCODER

FRAME = 384  # samples of one position of the encoder's output


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Of one model."""

    layers: int
    heads: int
    width: int  # of a head
    pieces: int = 400
    takes_masks: bool = True

    @property
    def hidden(self) -> int:
        return self.heads * self.width


@dataclass(frozen=True, slots=True)
class Put:
    """An input or output of a graph."""

    name: str
    shape: Sequence[int | str]


class FakeGraph:
    """An encoder or a decoder, as its file's name says."""

    def __init__(self, path: Path, sizes: Sizes) -> None:
        self._sizes = sizes
        self._is_encoder = path.name == ENCODER

    def get_inputs(self) -> list[Put]:
        if self._is_encoder:
            return [Put("input_values", ["b", "n"]), *self._mask("attention_mask")]
        plain = [Put("input_ids", ["b", "t"]), Put("encoder_hidden_states", ["b", "n", self._sizes.hidden])]
        caches = [Put(f"past_key_values.{name}", self._cache_shape()) for name in self._caches()]
        return [*self._mask("encoder_attention_mask"), *plain, *caches, Put("use_cache_branch", [1])]

    def get_outputs(self) -> list[Put]:
        if self._is_encoder:
            return [Put("last_hidden_state", ["b", "n", self._sizes.hidden])]
        caches = [Put(f"present.{name}", self._cache_shape()) for name in self._caches()]
        return [Put("logits", ["b", "t", self._sizes.pieces]), *caches]

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, Any]) -> list[Any]:
        self._check(inputs)
        made = self._encoded(inputs) if self._is_encoder else self._decoded(inputs)
        return [made[name] for name in outputs or made]

    def _check(self, inputs: Mapping[str, Any]) -> None:
        shapes = {put.name: put.shape for put in self.get_inputs()}
        if shapes.keys() != inputs.keys():
            raise ValueError(f"inputs {sorted(inputs)}, where {sorted(shapes)} are taken")
        for name, shape in shapes.items():
            sizes = zip(shape, inputs[name].shape, strict=True)
            if any(isinstance(size, int) and size != given for size, given in sizes):
                raise ValueError(f"{name} has the shape {inputs[name].shape}, where {shape} is taken")

    def _encoded(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        positions = inputs["input_values"].shape[1] // FRAME
        return {"last_hidden_state": np.zeros((1, positions, self._sizes.hidden), np.float32)}

    def _decoded(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The end of the line, whatever was said."""
        tokens = inputs["input_ids"].shape[1]
        logits = np.zeros((1, tokens, self._sizes.pieces), np.float32)
        logits[..., END] = 9.0
        made: dict[str, Any] = {"logits": logits}
        for name in self._caches():
            past = inputs[f"past_key_values.{name}"].shape[2]
            grown = inputs["encoder_hidden_states"].shape[1] if ".encoder." in name else past + tokens
            made[f"present.{name}"] = np.zeros((1, self._sizes.heads, grown, self._sizes.width), np.float32)
        return made

    def _mask(self, name: str) -> list[Put]:
        return [Put(name, ["b", "n"])] if self._sizes.takes_masks else []

    def _caches(self) -> list[str]:
        sides = [f"{side}.{kind}" for side in ("decoder", "encoder") for kind in ("key", "value")]
        return [f"{layer}.{side}" for layer in range(self._sizes.layers) for side in sides]

    def _cache_shape(self) -> list[int | str]:
        return ["b", self._sizes.heads, "past", self._sizes.width]


def vocabulary_file(pieces: int) -> bytes:
    """A `tokenizer.bin` of so many pieces."""
    return b"".join(bytes([len(piece)]) + piece for piece in (b"%d" % number for number in range(pieces)))
