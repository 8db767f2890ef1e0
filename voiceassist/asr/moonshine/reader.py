"""Moonshine's model with its vocabulary: a line of speech in, words out.

Never decides when a line is read. Next: `leg.py` gives words times.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from voiceassist.asr.moonshine.confidence import word_confidence
from voiceassist.asr.moonshine.model import DecodedTokens, EncodedLine, Floats, MoonshineModel
from voiceassist.asr.moonshine.plausible import clean_word, plausible_places
from voiceassist.asr.moonshine.preferred import preferred, usable
from voiceassist.asr.moonshine.reading import Reading, ReadWord
from voiceassist.asr.moonshine.tokens import TokenWord, Vocabulary, read_vocabulary
from voiceassist.asr.second_listen import SecondListen, listen_again, nats_of_each, token_span
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.speech_models.layout import VOCABULARY, missing_files


@dataclass(frozen=True, slots=True)
class _Heard:
    """A line that the model has heard."""

    model: MoonshineModel
    line: EncodedLine

    def scores(self, tokens: Sequence[int]) -> Floats:
        return self.model.scores(self.line, tokens)

    def completed(self, tokens: Sequence[int], draft: Sequence[int]) -> tuple[int, ...]:
        return (*tokens, *self.model.decode(self.line, draft, given=tokens).tokens)


class MoonshineReader:
    """One model for all legs and threads."""

    def __init__(self, model: MoonshineModel, vocabulary: Vocabulary, phrases: Sequence[str] = ()) -> None:
        """`phrases`: likely ones, which lines that are read afresh may have."""
        self._model, self._vocabulary, self._phrases = model, vocabulary, phrases

    def read(self, pcm: Pcm, before: Reading, *, voiced_ms: int) -> Reading:
        """The words of a line, as `ReadsLines` says. Raises EngineError."""
        decoded = self._model.decode(self._model.encode(pcm), before.tokens)
        return Reading(words=self._words(decoded, voiced_ms), tokens=decoded.tokens)

    def read_afresh(self, pcm: Pcm, *, voiced_ms: int) -> Reading:
        """Likewise."""
        line = self._model.encode(pcm)
        decoded = self._model.decode(line)
        if self._phrases:
            decoded = self._preferred(_Heard(self._model, line), decoded)
        return Reading(words=self._words(decoded, voiced_ms), tokens=decoded.tokens)

    def preferring(self, phrases: Iterable[str]) -> "MoonshineReader":
        """The same model, which reads these phrases where a line may as well have been read with them."""
        return MoonshineReader(self._model, self._vocabulary, usable(phrases))

    def _preferred(self, heard: _Heard, decoded: DecodedTokens) -> DecodedTokens:
        tokens = preferred(heard, self._vocabulary, decoded.tokens, self._phrases)
        if tokens == decoded.tokens:
            return decoded
        return DecodedTokens(tokens=tokens, nats=nats_of_each(heard.scores(tokens), tokens))

    def _words(self, decoded: DecodedTokens, voiced_ms: int) -> tuple[ReadWord, ...]:
        words = self._vocabulary.words(decoded.tokens)
        texts = [clean_word(word.text) for word in words]
        return tuple(
            ReadWord(text=texts[place], confidence=self._confidence(words[place], decoded))
            for place in plausible_places(texts, voiced_ms)
        )

    def _confidence(self, word: TokenWord, decoded: DecodedTokens) -> float:
        """Whether a comma or a point follows the word says nothing of the word."""
        places = range(word.first, word.end)
        spoken = [place for place in places if self._vocabulary.is_spoken(decoded.tokens[place])]
        return word_confidence([decoded.nats[place] for place in spoken or places], decoded.nats)

    def second_listen(self, pcm: Pcm, words: Sequence[str], first: int, end: int) -> SecondListen:
        """How well some words explain the sound, as `ReadsLines` says. Raises ValueError, EngineError."""
        span = token_span(self._vocabulary, words, first, end)
        return listen_again(_Heard(self._model, self._model.encode(pcm)), self._vocabulary, span)

    def close(self) -> None:
        """Frees the model; harmless when called twice."""
        self._model.close()


def load_reader(model_dir: Path) -> MoonshineReader:
    """The model in a folder. Raises EngineError, which says what is missing there or damaged."""
    if missing := missing_files(model_dir, "moonshine"):
        raise EngineError(f"{model_dir} lacks {', '.join(missing)}")
    model, vocabulary = MoonshineModel(model_dir), read_vocabulary(model_dir / VOCABULARY)
    if model.pieces not in (None, len(vocabulary)):
        raise EngineError(
            f"{model_dir / VOCABULARY} has {len(vocabulary)} pieces, and the decoder writes {model.pieces}: "
            "they are of different models; get the model again"
        )
    return MoonshineReader(model, vocabulary)
