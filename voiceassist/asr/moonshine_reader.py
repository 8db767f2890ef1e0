"""Moonshine's model with its vocabulary: a line of speech in, words out.

Never decides when a line is read. Next: `moonshine_leg.py` gives words times.
"""

from pathlib import Path

from voiceassist.asr.confidence import word_confidence
from voiceassist.asr.moonshine_model import DecodedTokens, MoonshineModel
from voiceassist.asr.moonshine_tokens import TokenWord, Vocabulary, read_vocabulary
from voiceassist.asr.plausible import clean_word, plausible_places
from voiceassist.asr.reading import NOTHING_READ, Reading, ReadWord
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.speech_models.layout import VOCABULARY, missing_files


class MoonshineReader:
    """One model for all legs and threads."""

    def __init__(self, model: MoonshineModel, vocabulary: Vocabulary) -> None:
        self._model, self._vocabulary = model, vocabulary

    def read(self, pcm: Pcm, before: Reading, *, voiced_ms: int) -> Reading:
        """The words of a line, as `ReadsLines` says. Raises EngineError."""
        line = self._model.encode(pcm)
        decoded = self._model.decode(line, before.tokens)
        return Reading(words=self._words(decoded, voiced_ms), tokens=decoded.tokens, line=line)

    def read_afresh(self, pcm: Pcm, *, voiced_ms: int) -> Reading:
        """Likewise."""
        return self.read(pcm, NOTHING_READ, voiced_ms=voiced_ms)

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
