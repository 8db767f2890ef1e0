"""What was heard against what was said, for one clip: word errors, delays, errors of word times, words judged.

Delays are milliseconds of audio, so a slow machine does not change them:
- of a partial: from the end of a word to the audio position at which a transcript first has it;
- of a final: from the end of the utterance's last word to the audio position at which the Final came. A Final that
  came because the audio ended is not counted.
A word's end is the reference's where that knows times, and then only words heard right count; else it is the
Final's. Errors of word times are heard less said. Next: `results.py` sums clips up.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from voiceassist.bench.asr.calibration import JudgedWord
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.edits import WordErrors, WordPair, align, count
from voiceassist.bench.asr.listener import ClipTranscript, TimedTranscript
from voiceassist.bench.asr.words import ScoredWord, tokens
from voiceassist.core.words.languages import Language, language_rules
from voiceassist.events import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipScore:
    """One clip, judged. Keeps no audio: a long measurement has more of it than fits into memory."""

    material: str
    voice: str
    channel: str
    name: str
    audio_s: float
    cpu_s: float
    is_timed: bool
    reference: str  # as written
    heard: str  # everything, as the engine wrote it
    lines: tuple[WordErrors, ...]  # one per line of the reference
    partial_delays_ms: tuple[int, ...]
    final_delays_ms: tuple[int, ...]
    start_errors_ms: tuple[int, ...]
    end_errors_ms: tuple[int, ...]
    judged: tuple[JudgedWord, ...]  # empty without a reference


@dataclass(frozen=True, slots=True, kw_only=True)
class _Utterance:
    """What was said of one utterance until its Final."""

    said: tuple[TimedTranscript, ...]
    tokens: tuple[ScoredWord, ...]  # of the Final
    ends_ms: tuple[int | None, ...]  # when each really ended; None: it does not count


def score(clip: Clip, heard: ClipTranscript) -> ClipScore:
    """Compares both."""
    finals = [said for said in heard.said if isinstance(said.transcript, Final)]
    language = language_rules(clip.language)
    reference = _text(tokens([word for line in clip.lines for word in line], language))
    per_final = [tokens(final.transcript.words, language, reference) for final in finals]
    recognised = [token for final in per_final for token in final]
    lines = [tokens(line, language, _text(recognised)) for line in clip.lines]
    spoken = [token for line in lines for token in line]
    pairs = align([token.text for token in spoken], [token.text for token in recognised])
    ends = _ends(clip, pairs, spoken, recognised)
    utterances = list(_utterances(heard, finals, per_final, ends))
    start_errors, end_errors = _time_errors(pairs, spoken, recognised)
    return ClipScore(
        material=clip.material,
        voice=clip.voice,
        channel=clip.channel,
        name=clip.name,
        audio_s=clip.audio_s,
        cpu_s=heard.cpu_s,
        is_timed=clip.is_timed,
        reference=" ".join(word.text for line in clip.lines for word in line),
        heard=" ".join(said.transcript.text for said in finals),
        lines=tuple(_counts(pairs, [len(line) for line in lines])),
        partial_delays_ms=tuple(ms for one in utterances for ms in _partial_delays(one, language, reference)),
        final_delays_ms=tuple(ms for one in utterances for ms in _final_delay(one)),
        start_errors_ms=start_errors,
        end_errors_ms=end_errors,
        judged=_judged(pairs, finals, per_final) if spoken else (),
    )


def _judged(
    pairs: Sequence[WordPair], finals: Sequence[TimedTranscript], per_final: Sequence[tuple[ScoredWord, ...]]
) -> tuple[JudgedWord, ...]:
    """Every unit that was heard, with its word's confidence."""
    right = {pair.heard for pair in pairs if pair.kind == "equal"}
    sure = [
        final.transcript.words[token.word].confidence
        for final, of_final in zip(finals, per_final, strict=True)
        for token in of_final
    ]
    return tuple(JudgedWord(confidence=confidence, is_right=at in right) for at, confidence in enumerate(sure))


def _text(units: Sequence[ScoredWord]) -> str:
    return " ".join(token.text for token in units)


def _counts(pairs: Sequence[WordPair], sizes: Sequence[int]) -> Iterator[WordErrors]:
    """Of each line; what was heard between two lines belongs to the later one, after the last to the last."""
    first = 0
    for number, end in enumerate(accumulate(sizes), 1):
        last = number == len(sizes)
        yield count(
            [pair for pair in pairs if first <= pair.reference and (pair.reference < end or last)], end - first
        )
        first = end


def _ends(
    clip: Clip, pairs: Sequence[WordPair], spoken: Sequence[ScoredWord], recognised: Sequence[ScoredWord]
) -> list[int | None]:
    """When each word that was heard really ended."""
    if not clip.is_timed:
        return [token.end_ms for token in recognised]
    right = {pair.heard: pair.reference for pair in pairs if pair.kind == "equal"}
    return [spoken[right[heard]].end_ms if heard in right else None for heard in range(len(recognised))]


def _utterances(
    heard: ClipTranscript,
    finals: Sequence[TimedTranscript],
    per_final: Sequence[tuple[ScoredWord, ...]],
    ends: Sequence[int | None],
) -> Iterator[_Utterance]:
    start = 0
    for final, final_tokens in zip(finals, per_final, strict=True):
        number = final.transcript.utterance
        end = start + len(final_tokens)
        yield _Utterance(
            said=tuple(said for said in heard.said if said.transcript.utterance == number),
            tokens=final_tokens,
            ends_ms=tuple(ends[start:end]),
        )
        start = end


def _partial_delays(utterance: _Utterance, language: Language, reference: str) -> Iterator[int]:
    """Of each word: a second "the" came when a transcript had two of them."""
    told = [
        (said.position_ms, Counter(token.text for token in tokens(said.transcript.words, language, reference)))
        for said in utterance.said
    ]
    so_far = Counter[str]()
    for token, end_ms in zip(utterance.tokens, utterance.ends_ms, strict=True):
        so_far[token.text] += 1
        if end_ms is not None:
            came_ms = next(at_ms for at_ms, texts in told if texts[token.text] >= so_far[token.text])
            yield came_ms - end_ms


def _final_delay(utterance: _Utterance) -> Iterator[int]:
    """One, or none."""
    final = utterance.said[-1]
    if utterance.tokens and not final.is_last:
        said_ms = utterance.ends_ms[-1]
        yield final.position_ms - (final.transcript.end_ms if said_ms is None else said_ms)


def _time_errors(
    pairs: Sequence[WordPair], spoken: Sequence[ScoredWord], recognised: Sequence[ScoredWord]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of starts and of ends, of the words heard right."""
    right = [(spoken[pair.reference], recognised[pair.heard]) for pair in pairs if pair.kind == "equal"]
    starts = ((said.start_ms, ours.start_ms) for said, ours in right)
    ends = ((said.end_ms, ours.end_ms) for said, ours in right)
    return _differences(starts), _differences(ends)


def _differences(pairs: Iterator[tuple[int | None, int | None]]) -> tuple[int, ...]:
    return tuple(ours - said for said, ours in pairs if said is not None and ours is not None)
