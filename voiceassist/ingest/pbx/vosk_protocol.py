"""What vosk-server's clients say and what they are answered, as its asr_server.py does. Pure.

Never hears anything: transcripts come from an engine or from a call. Next: `vosk.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from voiceassist.errors import IngestError
from voiceassist.events import Final, Partial, Transcript, Word
from voiceassist.ingest.fields import RATE_RANGE_HZ, short
from voiceassist.wire import Json

UNKNOWN_WORD = "[unk]"  # in a phrase list: whatever else is said, which every engine of ours hears anyway
MOST_DIGITS = 4
MOST_PHRASES = 1_000  # of 40 characters each they fill the longest message that may come before audio


@dataclass(frozen=True, slots=True, kw_only=True)
class VoskConfig:
    """What a client wants; by default what VOSK_SAMPLE_RATE, VOSK_SHOW_WORDS and VOSK_ALTERNATIVES are there."""

    rate_hz: int = 8_000
    words: bool = True  # whether a text comes with its words
    max_alternatives: int = 0  # 0: a text; more: a list of texts, of which there is always one
    phrases: tuple[str, ...] = ()  # what is likely to be said


def parse_text(text: str, config: VoskConfig) -> VoskConfig | Literal["eof"]:
    """A text message: what a client wants from now on, or the end of its audio. Raises IngestError."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IngestError("bad_json", f"a text message must be JSON: {error}") from None
    if isinstance(message, dict) and isinstance(message.get("config"), dict):
        return _changed(config, message["config"])
    if isinstance(message, dict) and message.get("eof"):
        return "eof"
    raise IngestError(
        "unknown_type", 'a text message is {"config": {...}} or {"eof": 1}; audio comes in binary ones'
    )


def _changed(config: VoskConfig, given: Json) -> VoskConfig:
    """Other keys are ignored, as there: `model` and `grammar` come in the wild."""
    changes: dict[str, Any] = {}
    if "sample_rate" in given:
        changes["rate_hz"] = _rate_hz(given["sample_rate"])
    if "words" in given:
        changes["words"] = bool(given["words"])
    if "max_alternatives" in given:
        changes["max_alternatives"] = _count(given["max_alternatives"])
    if "phrase_list" in given:
        changes["phrases"] = _phrases(given["phrase_list"])
    return replace(config, **changes)


def _rate_hz(said: object) -> int:
    low, high = RATE_RANGE_HZ
    try:
        rate_hz = float(said)  # type: ignore[arg-type]  # as there: a number, or its digits
        if low <= rate_hz <= high:
            return round(rate_hz)
    except (TypeError, ValueError, OverflowError):
        pass
    raise IngestError("bad_rate", f"config: `sample_rate` is {_short(said)}; send a number from {low} to {high}")


def _count(said: object) -> int:
    digits = str(said) if isinstance(said, int | str) else ""
    if digits.isdecimal() and len(digits) <= MOST_DIGITS:
        return int(digits)
    raise IngestError("bad_field", f"config: `max_alternatives` is {_short(said)}; send a whole number")


def _phrases(said: object) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list) or not all(isinstance(phrase, str) for phrase in said):
        raise IngestError("bad_field", "config: `phrase_list` must be a list of texts")
    phrases = tuple(phrase for phrase in said if phrase.strip() and phrase != UNKNOWN_WORD)
    return phrases[:MOST_PHRASES]


def _short(said: object) -> str:
    return short(said if isinstance(said, str | int | float) else type(said).__name__)


class Replies:
    """What was heard of one channel since the last answer.

    A message is answered by the texts that have ended since the one before, or by the text so far. Several that
    ended are one text, as they are one there: the next message may be long in coming.
    """

    def __init__(self) -> None:
        self._finals: list[Final] = []
        self._partial: Partial | None = None

    def hear(self, transcript: Transcript) -> None:
        """A transcript of the channel, in order."""
        if isinstance(transcript, Final):
            self._finals.append(transcript)
            self._partial = None
        else:
            self._partial = transcript

    def next(self, config: VoskConfig) -> Json:
        """The answer to a message of audio."""
        if not self._finals:
            return {"partial": self._partial.text if self._partial else ""}
        words = [word for final in self._finals for word in final.words]
        text, self._finals = _joined(self._finals), []
        return _result(text, words, config)

    def last(self, config: VoskConfig) -> Json:
        """The answer to the end: all that was not told yet, also what has not quite ended."""
        said: list[Transcript] = [*self._finals, *([self._partial] if self._partial else [])]
        self._finals, self._partial = [], None
        return _result(_joined(said), [word for one in said for word in one.words], config)


def _joined(said: Sequence[Transcript]) -> str:
    return " ".join(one.text for one in said if one.text)


def _result(text: str, words: Sequence[Word], config: VoskConfig) -> Json:
    shown = words if config.words else ()
    if config.max_alternatives:
        sure = min((word.confidence for word in words), default=0.0)
        alternative = {"confidence": sure, "text": text} | _listed([_timed(word) for word in shown])
        return {"alternatives": [alternative]}
    return _listed([{"conf": word.confidence} | _timed(word) for word in shown]) | {"text": text}


def _timed(word: Word) -> Json:
    return {"end": word.end_ms / 1000, "start": word.start_ms / 1000, "word": word.text}


def _listed(words: list[Json]) -> Json:
    """There is no list where there is no word."""
    return {"result": words} if words else {}
