"""Which better model the start page names, and what it says that this one would bring."""

import pytest

from voiceassist.asr import better_model as module
from voiceassist.asr.better_model import BetterModel, better_model, errors_on
from voiceassist.speech_models.manifest import load_manifest

BASE = "moonshine-base-en"


@pytest.fixture(autouse=True)
def many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores_here", lambda: 64)


@pytest.mark.parametrize(
    ("engine", "language", "better"),
    [
        ("moonshine", "en", BASE),
        ("moonshine", "en-gb", BASE),
        (f"moonshine:{BASE}", "en", None),
        ("moonshine:our-own", "en", None),
        ("vosk:vosk-model-small-en-us-0.15", "en", BASE),
        ("vosk:vosk-model-en-us-0.22", "en", None),
        ("vosk:our-own", "en", None),
        ("vosk:vosk-model-small-es-0.42", "es-mx", "vosk-model-es-0.42"),
        ("scripted", "tlh", None),
    ],
)
def test_a_better_model_is_named_when_there_is_one(engine: str, language: str, better: str | None) -> None:
    found = better_model(engine, language)
    assert (found and found.name) == better


def test_any_model_for_people_is_better_than_one_for_synthesised_speech() -> None:
    found = better_model("vosk:our-own", "en", "synthesised")
    assert found
    assert found.name == BASE


def test_it_says_what_both_were_published_with_on_the_same_set() -> None:
    assert better_model("moonshine", "en") == BetterModel(
        name=BASE, size_bytes=141_001_190, cores=4, test_set="Open ASR leaderboard (average of 8 sets)",
        errors_now_pct=12.66, errors_pct=10.07, setting=None,
    )  # fmt: skip
    spanish = better_model("vosk:vosk-model-small-es-0.42", "es")
    assert spanish
    assert (spanish.test_set, spanish.errors_now_pct, spanish.errors_pct) == ("Common Voice", 16.02, 7.50)


def test_it_compares_no_figures_of_different_sets() -> None:
    found = better_model("vosk:vosk-model-small-en-us-0.15", "en")
    assert found
    assert (found.test_set, found.errors_now_pct, found.errors_pct) == (None, None, None)


def test_it_says_what_to_set_where_auto_does_not_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    named = better_model("moonshine", "en", is_auto=False)
    assert named
    assert named.setting == f'engine = "moonshine:{BASE}"'
    monkeypatch.setattr(module, "cores_here", lambda: 2)
    slow = better_model("moonshine", "en")
    assert slow
    assert slow.setting == f'engine = "moonshine:{BASE}"'


@pytest.mark.parametrize("entry", load_manifest(), ids=lambda entry: entry.name)
def test_the_notes_of_every_model_on_offer_can_be_read(entry) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    found = errors_on(entry.notes)
    assert len(found) == entry.notes.count(",") + 1
    assert all(0 < figure < 100 for figure in found.values())
