"""An engine that knows beforehand what will be said: for tests and for machines without a model.

Never listens: only the number of samples fed decides what comes out, and when. Scripts have the form of the
sample calls' JSON files. Next: transcripts go to `live/session.py`, as from any other engine.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from voiceassist.asr.engine import Recognizer, checked
from voiceassist.asr.transcript import final_of, partial_of
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import ConfigError, EngineError
from voiceassist.events import SPEAKERS, Final, Partial, Speaker, Transcript, Word

RATE_HZ = 16_000
PARTIAL_MS = 240  # the cadence of a quick recognizer
FINAL_MS = 300  # after the end of a line: the silence that a recognizer waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One utterance; times are milliseconds of the leg's audio."""

    speaker: Speaker
    start_ms: int
    end_ms: int
    words: tuple[Word, ...]  # joined by spaces they are the text


Script = tuple[ScriptLine, ...]


def load_script(path: Path) -> Script:
    """The script in a JSON file, in order of start. Raises ConfigError, naming file, line and field."""
    try:
        lines = json.loads(path.read_text(encoding="utf-8"))["lines"]
    except OSError as error:
        raise ConfigError(f"cannot read script {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"script {path} must be a JSON object with a list 'lines': {error!r}") from error
    script = [_line(fields, f"{path}: lines[{index}]") for index, fields in enumerate(lines)]
    return tuple(sorted(script, key=lambda line: line.start_ms))


def _line(fields: dict[str, Any], where: str) -> ScriptLine:
    speaker = _get(fields, "speaker", str, where)
    if speaker not in SPEAKERS:
        raise ConfigError(f"{where}.speaker: {speaker!r} is not one of {', '.join(SPEAKERS)}")
    words = [
        _word(word, f"{where}.words[{index}]") for index, word in enumerate(_get(fields, "words", list, where))
    ]
    start_ms, end_ms = _span(fields, where)
    _check_rising(words, start_ms, end_ms, where)
    return ScriptLine(
        speaker="agent" if speaker == "agent" else "customer",
        start_ms=start_ms,
        end_ms=end_ms,
        words=tuple(words),
    )


def _word(fields: dict[str, Any], where: str) -> Word:
    start_ms, end_ms = _span(fields, where)
    return Word(text=_get(fields, "text", str, where), start_ms=start_ms, end_ms=end_ms, confidence=1.0)


def _span(fields: dict[str, Any], where: str) -> tuple[int, int]:
    start_ms, end_ms = _get(fields, "start_ms", int, where), _get(fields, "end_ms", int, where)
    if not 0 <= start_ms <= end_ms:
        raise ConfigError(f"{where}.end_ms: {end_ms} is not after start_ms {start_ms}, or below 0")
    return start_ms, end_ms


def _get(fields: dict[str, Any], name: str, kind: type[Any], where: str) -> Any:  # noqa: ANN401 - JSON
    value = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ConfigError(f"{where}.{name}: must be {kind.__name__}, not {value!r}")
    return value


def _check_rising(words: Sequence[Word], start_ms: int, end_ms: int, where: str) -> None:
    if not words:
        raise ConfigError(f"{where}.words: must not be empty")
    for index, (earlier, later) in enumerate(pairwise(words), start=1):
        if later.start_ms < earlier.end_ms:
            raise ConfigError(f"{where}.words[{index}].start_ms: {later.start_ms} is before the last word's end")
    if words[0].start_ms < start_ms or words[-1].end_ms > end_ms:
        raise ConfigError(f"{where}.words: run from before start_ms {start_ms} or to after end_ms {end_ms}")


class ScriptedEngine:
    """A script as an engine; every call hears the same."""

    name = "scripted"
    rate_hz = RATE_HZ
    memory_bytes = load_ms = 0  # a script is nothing beside a model

    def __init__(self, script: Script, *, language: str = "en") -> None:
        self.language = language
        self._script = script

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer that says the speaker's lines."""
        return ScriptedRecognizer([line for line in self._script if line.speaker == speaker])

    def close(self) -> None:
        """Nothing to free."""


class ScriptedRecognizer:
    """One leg."""

    rate_hz = RATE_HZ

    def __init__(self, lines: Sequence[ScriptLine]) -> None:
        self._lines = lines
        self._coming = sorted(_schedule(lines), key=lambda transcript: transcript.at_ms)
        self._said = 0  # how many of them
        self._samples = 0
        self._closed = False

    def feed(self, pcm: Pcm) -> Sequence[Transcript]:
        """What is due after these samples. Raises EngineError after `close`."""
        if self._closed:
            raise EngineError("this scripted recognizer is closed")
        self._samples += len(checked(pcm))
        now_ms = self._samples * 1000 // RATE_HZ
        first = self._said
        while self._said < len(self._coming) and self._coming[self._said].at_ms <= now_ms:
            self._said += 1
        return self._coming[first : self._said]

    def finish(self) -> Sequence[Transcript]:
        """The Final of the line that is being said, with the words that ended."""
        now_ms = self._samples * 1000 // RATE_HZ
        done = sum(isinstance(transcript, Final) for transcript in self._coming[: self._said])
        if done == len(self._lines):
            return []
        words = _ended(self._lines[done], now_ms)
        if not words:
            return []
        return [final_of(words, at_ms=now_ms, speaker=self._lines[done].speaker, utterance=done + 1)]

    def close(self) -> None:
        """No more feeding; harmless when called twice."""
        self._closed = True


def _schedule(lines: Sequence[ScriptLine]) -> Iterator[Transcript]:
    following = [line.start_ms for line in lines[1:]]
    for index, line in enumerate(lines):
        next_ms = following[index] if index < len(following) else line.end_ms + FINAL_MS
        final_ms = min(line.end_ms + FINAL_MS, max(line.end_ms, next_ms))  # before the next line's Partials
        yield from _partials(line, index + 1, final_ms)
        yield final_of(line.words, at_ms=final_ms, speaker=line.speaker, utterance=index + 1)


def _partials(line: ScriptLine, utterance: int, final_ms: int) -> Iterator[Partial]:
    for at_ms in range(line.start_ms + PARTIAL_MS, final_ms, PARTIAL_MS):
        words = _ended(line, at_ms)
        if words:
            yield partial_of(words, at_ms=at_ms, speaker=line.speaker, utterance=utterance)


def _ended(line: ScriptLine, at_ms: int) -> tuple[Word, ...]:
    return tuple(word for word in line.words if word.end_ms <= at_ms)
