"""Word errors are counted as everybody counts them: with the fewest edits."""

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.bench.asr.edits import WordErrors, align, count, total

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


def counted(reference: str, heard: str) -> tuple[int, int, int]:
    words = reference.split()
    counts = count(align(words, heard.split()), len(words))
    return counts.substitutions, counts.insertions, counts.deletions


def test_the_same_text_has_no_errors() -> None:
    assert counted("where is my order", "where is my order") == (0, 0, 0)


def test_each_kind_of_error_is_counted_as_what_it_is() -> None:
    assert counted("where is my order", "where is your order") == (1, 0, 0)
    assert counted("where is my order", "where is my last order") == (0, 1, 0)
    assert counted("where is my order", "where is order") == (0, 0, 1)


def test_nothing_heard_is_all_deletions_and_nothing_said_is_all_insertions() -> None:
    assert counted("one two three", "") == (0, 0, 3)
    assert counted("", "one two") == (0, 2, 0)


def test_a_rate_may_exceed_one_and_needs_words() -> None:
    assert WordErrors(words=1, insertions=2).rate == 2.0
    assert WordErrors(insertions=2).rate is None


@given(WORDS, WORDS)
def test_the_counts_explain_the_difference_in_length(reference: list[str], heard: list[str]) -> None:
    counts = count(align(reference, heard), len(reference))
    assert len(reference) - counts.deletions + counts.insertions == len(heard)
    assert abs(len(reference) - len(heard)) <= counts.errors <= max(len(reference), len(heard))


@given(WORDS, WORDS)
def test_every_word_of_both_texts_has_one_place(reference: list[str], heard: list[str]) -> None:
    pairs = align(reference, heard)
    assert [pair.reference for pair in pairs if pair.kind != "insert"] == list(range(len(reference)))
    assert [pair.heard for pair in pairs if pair.kind != "delete"] == list(range(len(heard)))
    assert all(reference[pair.reference] == heard[pair.heard] for pair in pairs if pair.kind == "equal")


@given(WORDS, WORDS, WORDS)
def test_no_way_round_is_shorter(first: list[str], second: list[str], third: list[str]) -> None:
    def errors(one: list[str], other: list[str]) -> int:
        return count(align(one, other), len(one)).errors

    assert errors(first, third) <= errors(first, second) + errors(second, third)


def test_counts_add_up() -> None:
    both = total([WordErrors(words=3, deletions=1), WordErrors(words=4, substitutions=2, insertions=1)])
    assert both == WordErrors(words=7, substitutions=2, insertions=1, deletions=1)
