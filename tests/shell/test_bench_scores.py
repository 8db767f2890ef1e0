"""What one clip scores: errors line by line, delays in audio time, distances of word times."""

from dataclasses import replace

import numpy as np

from voiceassist.bench.asr.clip import Clip, SaidUtterance, SaidWord, untimed
from voiceassist.bench.asr.edits import WordErrors
from voiceassist.bench.asr.listener import ClipTranscript, TimedTranscript
from voiceassist.bench.asr.results import by_channel, by_voice, interval, spread
from voiceassist.bench.asr.scores import ClipScore, score
from voiceassist.events import Final, Partial, Word

RATE_HZ = 8_000


def clip(*lines: SaidUtterance, material: str = "test", voice: str = "", channel: str = "") -> Clip:
    pcm = np.zeros(RATE_HZ * 2, np.int16)
    return Clip(
        material=material, name="clip", speaker="agent", pcm=pcm, rate_hz=RATE_HZ, lines=lines, voice=voice,
        channel=channel,
    )  # fmt: skip


def timed(text: str, start_ms: int = 0) -> SaidUtterance:
    """Words of 100 ms, one after the other."""
    return tuple(
        SaidWord(text=word, start_ms=start_ms + 100 * number, end_ms=start_ms + 100 * number + 100)
        for number, word in enumerate(text.split())
    )


def words(text: str, start_ms: int = 0) -> tuple[Word, ...]:
    return tuple(
        Word(text=word.text, start_ms=word.start_ms or 0, end_ms=word.end_ms or 0, confidence=1.0)
        for word in timed(text, start_ms)
    )


def partial(position_ms: int, text: str, utterance: int = 1) -> TimedTranscript:
    said = words(text)
    transcript = Partial(
        at_ms=position_ms, speaker="agent", utterance=utterance, text=text, words=said, start_ms=0,
        end_ms=said[-1].end_ms,
    )  # fmt: skip
    return TimedTranscript(position_ms=position_ms, transcript=transcript, is_last=False)


def final(
    position_ms: int, text: str, utterance: int = 1, start_ms: int = 0, *, is_last: bool = False
) -> TimedTranscript:
    said = words(text, start_ms)
    transcript = Final(
        at_ms=position_ms, speaker="agent", utterance=utterance, text=text, words=said, start_ms=start_ms,
        end_ms=said[-1].end_ms if said else start_ms, confidence=1.0,
    )  # fmt: skip
    return TimedTranscript(position_ms=position_ms, transcript=transcript, is_last=is_last)


def scored(reference: Clip, *said: TimedTranscript) -> ClipScore:
    return score(reference, ClipTranscript(said=said, cpu_s=0.5))


def test_errors_belong_to_the_line_in_which_they_were_made() -> None:
    lines = (untimed("where is my order"), untimed("i want it now"))
    result = scored(clip(*lines), final(900, "where is order"), final(1_900, "i want want it soon", 2))
    assert result.lines == (WordErrors(words=4, deletions=1), WordErrors(words=4, insertions=1, substitutions=1))


def test_a_recognizer_may_cut_its_utterances_elsewhere() -> None:
    lines = (untimed("hello there"), untimed("i need help"))
    result = scored(clip(*lines), final(900, "hello"), final(1_900, "there i need help", 2))
    assert [line.errors for line in result.lines] == [0, 0]


def test_words_after_the_last_line_are_insertions_of_it() -> None:
    assert scored(clip(untimed("hello")), final(900, "hello you there")).lines == (
        WordErrors(words=1, insertions=2),
    )


def test_silence_where_somebody_spoke_is_all_deletions() -> None:
    assert scored(clip(untimed("hello there"))).lines == (WordErrors(words=2, deletions=2),)


def test_a_clip_without_reference_has_delays_but_no_errors() -> None:
    result = scored(clip(), partial(300, "hello"), final(800, "hello you"))
    assert result.lines == ()
    assert result.partial_delays_ms == (200, 600)
    assert result.final_delays_ms == (600,)


def test_a_partial_delay_runs_from_the_words_true_end_to_the_first_transcript_with_it() -> None:
    result = scored(
        clip(timed("hello there")), partial(150, "hello"), partial(400, "hello there"), final(900, "hello there")
    )
    assert result.partial_delays_ms == (50, 200)


def test_a_repeated_word_waits_for_its_own_turn() -> None:
    result = scored(clip(timed("no no")), partial(200, "no"), final(900, "no no"))
    assert result.partial_delays_ms == (100, 700)


def test_words_heard_wrong_have_no_delay_when_the_truth_is_known() -> None:
    assert scored(clip(timed("hello there")), final(900, "hello bear")).partial_delays_ms == (800,)


def test_a_final_that_came_with_the_end_of_the_audio_has_no_delay() -> None:
    result = scored(clip(timed("hello")), final(2_000, "hello", is_last=True))
    assert result.final_delays_ms == ()
    assert result.partial_delays_ms == (1_900,)


def test_an_empty_final_is_no_utterance() -> None:
    result = scored(clip(timed("hello")), partial(300, "hm"), final(700, ""))
    assert (result.final_delays_ms, result.partial_delays_ms) == ((), ())
    assert result.lines == (WordErrors(words=1, deletions=1),)


def test_word_times_are_compared_with_the_synthesisers() -> None:
    result = scored(clip(timed("hello there", 1_000)), final(1_900, "hello there", start_ms=1_030))
    assert result.start_errors_ms == (30, 30)
    assert result.end_errors_ms == (30, 30)


def test_a_number_in_digits_is_read_as_it_was_said() -> None:
    assert scored(clip(untimed("it is seven three nine five")), final(900, "It is 7395.")).lines[0].errors == 0


def test_clips_of_a_kind_are_summed_up_together() -> None:
    scores = [
        scored(clip(untimed("a b"), voice="ked", channel="clean"), final(900, "a b")),
        scored(clip(untimed("a b"), voice="rms", channel="clean"), final(900, "a c")),
        scored(clip(untimed("a b"), voice="rms", channel="quiet"), final(900, "")),
    ]
    assert [(one.voice, one.channel, one.counts.errors) for one in by_voice(scores)] == [
        ("ked", "clean", 0),
        ("rms", "clean", 1),
        ("rms", "quiet", 2),
    ]
    clean, quiet = by_channel(scores)
    assert (clean.clips, clean.counts.words, clean.counts.rate) == (2, 4, 0.25)
    assert (quiet.clips, quiet.real_time_factor) == (1, 0.25)


def test_an_interval_holds_the_rate_and_narrows_with_more_utterances() -> None:
    some = [WordErrors(words=10, substitutions=number % 3) for number in range(12)]
    low, high = interval(some) or (1.0, 0.0)
    assert low < 0.1 < high
    narrow_low, narrow_high = interval(some * 20) or (1.0, 0.0)
    assert low < narrow_low < 0.1 < narrow_high < high


def test_an_interval_is_the_same_every_time_and_needs_utterances() -> None:
    some = [WordErrors(words=10, substitutions=number % 4) for number in range(9)]
    assert interval(some) == interval(some)
    assert interval(some[:4]) is None


def test_a_sentence_in_many_voices_is_one_utterance_of_an_interval() -> None:
    texts = ["a b", "c d", "e f", "g h"]
    scores = [
        scored(clip(untimed(text), voice=voice), final(900, text)) for text in texts for voice in ("ked", "rms")
    ]
    (result,) = by_channel(scores)
    assert (result.utterances, result.interval) == (8, None)
    (more,) = by_channel([*scores, scored(clip(untimed("i j"), voice="ked"), final(900, "i j"))])
    assert more.interval == (0.0, 0.0)


def test_no_values_have_no_spread() -> None:
    assert spread([]) is None


def sure(position_ms: int, *said: tuple[str, float]) -> TimedTranscript:
    """A Final whose words have these confidences."""
    heard = final(position_ms, " ".join(text for text, _ in said))
    told = tuple(
        replace(word, confidence=confidence)
        for word, (_, confidence) in zip(heard.transcript.words, said, strict=True)
    )
    return replace(heard, transcript=replace(heard.transcript, words=told))


def test_every_word_heard_is_judged_with_its_own_confidence() -> None:
    result = scored(clip(untimed("please hold the line")), sure(900, ("please", 0.9), ("old", 0.4), ("the", 0.8)))
    assert [(word.confidence, word.is_right) for word in result.judged] == [(0.9, True), (0.4, False), (0.8, True)]


def test_units_of_a_contraction_have_its_confidence() -> None:
    result = scored(clip(untimed("I cannot")), sure(900, ("I", 0.9), ("can't", 0.6)))
    assert {word.confidence for word in result.judged} == {0.9, 0.6}
    assert all(word.is_right for word in result.judged)


def test_nobody_is_judged_without_a_reference() -> None:
    assert scored(clip(), final(900, "hello")).judged == ()


def test_a_summary_says_how_far_confidence_is_from_the_truth() -> None:
    heard = scored(clip(untimed("please hold the line")), sure(900, ("please", 0.9), ("old", 0.5)))
    (result,) = by_channel([heard])
    assert result.calibration
    assert result.calibration.words == 2
    assert round(result.calibration.expected_error, 2) == 0.3
