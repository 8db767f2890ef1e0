"""Moonshine's encoder and decoder, run by onnxruntime: one line of speech in, tokens and their probabilities out.

Never knows words, pauses or calls. All sizes are read from the model, so that every model with the graphs of
"tiny" and "base" runs by the same code; the streaming ones have other graphs. One model serves all threads: a
run keeps its state to itself and computes in the thread that asks for it. Next: `reader.py` makes words.

Weights and activations are rounded to 8 bits, the latter by a scale that depends on all positions of a run. So
probabilities differ a little (up to 0.2 nats) between one run over twenty tokens and twenty runs over one, and
where two tokens are nearly as likely the other one may win. Whoever must get the same tokens every time gives no
draft.
For the same reason lines of several legs are never decoded in one batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from voiceassist.asr.moonshine.token_loop import is_loop
from voiceassist.asr.moonshine.tokens import END, START
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.speech_models.layout import DECODER, ENCODER

RATE_HZ = 16_000
FULL_SCALE = 32768.0
SHORTEST = 1_024  # samples: fewer give the encoder's filters nothing to work on
# English speech has three or four tokens a second; the models' published code stops here too.
TOKENS_PER_SECOND = 6.5
SPARE_TOKENS = 4  # for lines of half a second
# While a line grows, words are taken for others and back. So the draft goes on where one of its next tokens comes,
# some at a time: a run costs as much as six further tokens in it.
SOON, AT_ONCE = 12, 12
# A token of the draft is kept that is nearly as likely as the best. On 150 s of an acted call half as many words
# of partials changed as with 0 (358 against 704), as many were right, and a sixth fewer runs were needed. With 1.5
# nats a third more were wrong.
KEPT_NATS = 0.5

Floats = npt.NDArray[np.float32]
Cache = Mapping[str, Floats]  # keys and values of attention, by the name of the decoder's input


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedLine:
    """What the decoder attends to."""

    states: Floats  # batch of one, 40 or so a second, width of the model
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedTokens:
    """The tokens of a line in order, without the one that ends it."""

    tokens: tuple[int, ...]
    nats: tuple[float, ...]  # log-probability of each after those before it, then of the end, if it was not cut


class MoonshineModel:
    """Two graphs. Every method raises EngineError when onnxruntime cannot run them, or after `close`."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir
        self._encoder: onnxruntime.InferenceSession | None = _session(model_dir / ENCODER)
        self._decoder: onnxruntime.InferenceSession | None = _session(model_dir / DECODER)
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        pieces = self._decoder.get_outputs()[0].shape[-1]
        self.pieces = (
            pieces if isinstance(pieces, int) else None
        )  # of the vocabulary that it writes, if it says so
        self._nothing = {
            put.name: _empty(put.shape) for put in self._decoder.get_inputs() if put.name.startswith("past_")
        }
        both = (self._encoder, self._decoder)
        self._takes = frozenset(put.name for graph in both for put in graph.get_inputs())  # some take no masks

    def encode(self, pcm: Pcm) -> EncodedLine:
        """Samples at `RATE_HZ`, all of them at once: what comes later changes what was heard before."""
        signal = np.zeros((1, max(len(pcm), SHORTEST)), np.float32)
        signal[0, : len(pcm)] = pcm / np.float32(FULL_SCALE)
        inputs = {"input_values": signal, "attention_mask": np.ones(signal.shape, np.int64)}
        return EncodedLine(states=self._run(self._encoder, None, inputs)[0], samples=signal.shape[1])

    def decode(self, line: EncodedLine, draft: Sequence[int] = (), *, given: Sequence[int] = ()) -> DecodedTokens:
        """The likeliest tokens, one after the other. A draft's are checked several in a run, kept if nearly so.

        They follow those that are `given`. Without a draft the same line gives the same tokens and the same
        probabilities every time.
        """
        most = SPARE_TOKENS + int(line.samples * TOKENS_PER_SECOND / RATE_HZ) - len(given)
        rest = draft[: max(most, 0)]
        scores, state = self._start(line, [*given, *rest])
        tokens, nats = _agreed(scores[len(given) :], rest)
        draft = draft[len(tokens) - 1 :]
        while tokens[-1] != END and len(tokens) <= most and not is_loop(tokens):
            draft, rest = _resumed(draft, tokens[-1], most - len(tokens))
            state = _cut(state, len(given) + len(tokens))
            scores, state = self._go_on(line, [tokens[-1], *rest], state)
            more, their_nats = _agreed(scores, rest)
            draft = draft[len(more) - 1 :]
            tokens, nats = tokens + more, nats + their_nats
        return DecodedTokens(tokens=tuple(token for token in tokens if token != END), nats=tuple(nats))

    def scores(self, line: EncodedLine, tokens: Sequence[int]) -> Floats:
        """The log-probabilities of all tokens: after the start, and after each of `tokens`."""
        return _log_softmax(self._start(line, tokens)[0])

    def close(self) -> None:
        """Drops the graphs; harmless when called twice."""
        self._encoder = self._decoder = None

    def _start(self, line: EncodedLine, tokens: Sequence[int]) -> tuple[Floats, Cache]:
        """The scores of what follows the start and each of `tokens`, in one run."""
        inputs = self._inputs(line, [START, *tokens], self._nothing, goes_on=False)
        logits, *state = self._run(self._decoder, self._outputs, inputs)
        return logits[0], {_past(name): values for name, values in zip(self._outputs[1:], state, strict=True)}

    def _go_on(self, line: EncodedLine, tokens: Sequence[int], state: Cache) -> tuple[Floats, Cache]:
        """The scores of what follows each of these tokens, which follow those of `state`, in one run."""
        grows = [name for name in self._outputs if not _is_of_audio(name)]
        logits, *news = self._run(self._decoder, grows, self._inputs(line, tokens, state, goes_on=True))
        changed = {_past(name): values for name, values in zip(grows[1:], news, strict=True)}
        return logits[0], {**state, **changed}

    def _inputs(self, line: EncodedLine, tokens: Sequence[int], state: Cache, *, goes_on: bool) -> dict[str, Any]:
        return {
            "input_ids": np.array([tokens], np.int64),
            "encoder_hidden_states": line.states,
            "encoder_attention_mask": np.ones((1, line.samples), np.int64),
            "use_cache_branch": np.array([goes_on]),
            **state,
        }

    def _run(
        self, session: onnxruntime.InferenceSession | None, outputs: list[str] | None, inputs: dict[str, Any]
    ) -> list[Floats]:
        if session is None:
            raise EngineError(f"the model of {self._model_dir} is closed")
        try:
            taken = {name: values for name, values in inputs.items() if name in self._takes}
            results: list[Floats] = session.run(outputs, taken)
        except Exception as error:  # onnxruntime has an error class per status, with no common base
            raise EngineError(f"onnxruntime cannot run the model in {self._model_dir}: {error}") from error
        return results


def _session(path: Path) -> onnxruntime.InferenceSession:
    """One thread: more of them only spin on graphs this small. Other cores are for other legs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # as above
        raise EngineError(f"onnxruntime cannot load {path}: {error}") from error


def _empty(shape: Sequence[int | str]) -> Floats:
    """A cache before the first token: the batch and the heads are fixed, and no position is there."""
    _, heads, _, width = shape
    return np.zeros((1, int(heads), 0, int(width)), np.float32)


def _past(output: str) -> str:
    return output.replace("present", "past_key_values")


def _is_of_audio(name: str) -> bool:
    """Whether the cache holds the encoder's side, which never changes within a line."""
    return ".encoder." in name


def _cut(state: Cache, length: int) -> Cache:
    """The first `length` positions: the start, and the tokens that were right."""
    return {
        name: values
        if _is_of_audio(name) or values.shape[2] == length
        else np.ascontiguousarray(values[:, :, :length])
        for name, values in state.items()
    }


def _agreed(scores: Floats, draft: Sequence[int]) -> tuple[list[int], list[float]]:
    """The draft's tokens as far as they are likely enough, then the likeliest instead of the next; with nats."""
    best = scores.max(axis=-1)
    same = next((at for at, token in enumerate(draft) if scores[at, token] < best[at] - KEPT_NATS), len(draft))
    tokens = [*draft[:same], int(scores[same].argmax())]
    of_all = np.log(np.exp(scores[: same + 1] - best[: same + 1, np.newaxis]).sum(axis=-1)) + best[: same + 1]
    return tokens, (scores[np.arange(same + 1), tokens] - of_all).tolist()


def _resumed(draft: Sequence[int], token: int, most: int) -> tuple[Sequence[int], Sequence[int]]:
    """What is left of the draft, and what of that may follow `token`: what does so there, if it comes soon."""
    if token not in draft[:SOON]:
        return draft, ()
    left = draft[list(draft).index(token) + 1 :]
    return left, left[: min(most, AT_ONCE)]


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)
