"""Redaction is measured on generated forms: the same seed says the same, and a leak in a partial counts."""

from random import Random

import pytest

from voiceassist.core.words.languages import ENGLISH, NEUTRAL, language_rules
from voiceassist.evaluation.private_forms import PrivateForm, private_forms
from voiceassist.evaluation.private_templates import HELD_OUT, SEEN, TUNED
from voiceassist.evaluation.redaction import false_masks, leaks


def forms(tag: str, *, each: int = 2, seed: int = 1) -> list[PrivateForm]:
    return list(private_forms(TUNED[tag], tag, Random(seed).randrange, each=each))


def test_the_same_seed_says_the_same() -> None:
    assert forms("en") == forms("en")
    assert forms("en") != forms("en", seed=2)


@pytest.mark.parametrize("tag", ["en", "es"])
def test_what_redaction_was_tuned_on_is_masked_whole(tag: str) -> None:
    assert [form for form in forms(tag) if leaks(form, language_rules(tag))] == []


def test_every_form_has_private_words_and_without_rules_most_of_them_leak() -> None:
    said = forms("en")
    assert all(any(form.private) for form in said)
    assert sum(bool(leaks(form, NEUTRAL)) for form in said) > len(said) / 2


def test_no_template_is_in_two_batches() -> None:
    texts = [
        text
        for batch in (TUNED, SEEN, HELD_OUT)
        for tag, kinds in batch.items()
        for text in {(tag, one) for said in kinds.values() for one in said}
    ]
    assert len(set(texts)) == len(texts)


def test_a_masked_ordinary_turn_is_told() -> None:
    turns = [("customer", "thank you"), ("customer", "four one one one one one one")]
    assert list(false_masks(turns, ENGLISH)) == [" ".join(["***"] * 7)]  # type: ignore[arg-type]
