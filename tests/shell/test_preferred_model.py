"""Which installed model is the best for people, by language, engine, size and the cores of the machine."""

from pathlib import Path

import pytest

from tests.fakes.models import install, install_moonshine
from voiceassist.speech_models import preferred
from voiceassist.speech_models.installed import InstalledModel, find, installed
from voiceassist.speech_models.preferred import CORES_FOR_BASE, auto_for, best_of, for_people, is_too_slow

BASE, TINY = 141_000_000, 44_000_000  # bytes, as published


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    there = {"cores": CORES_FOR_BASE}
    monkeypatch.setattr(preferred, "cores_here", lambda: there["cores"])
    return there


def path_of(model: InstalledModel | None) -> Path | None:
    return model.path if model else None


def test_base_waits_for_cores_and_tiny_does_not(tmp_path: Path, cores: dict[str, int]) -> None:
    base, tiny = install_moonshine(tmp_path, "base", size=BASE), install_moonshine(tmp_path, "tiny", size=TINY)
    for cores["cores"], best in ((1, tiny), (CORES_FOR_BASE - 1, tiny), (CORES_FOR_BASE, base), (64, base)):
        assert path_of(for_people(tmp_path, "en")) == best
    assert not is_too_slow(find(tmp_path, "base"))
    cores["cores"] = 1
    assert is_too_slow(find(tmp_path, "base"))


def test_moonshine_goes_before_vosk_and_a_larger_vosk_before_a_smaller(
    tmp_path: Path, cores: dict[str, int]
) -> None:
    base = install_moonshine(tmp_path, "base", size=BASE)
    install(tmp_path, "small", "en-us", size=100)
    large = install(tmp_path, "large", "en-us", size=1_000)
    models = installed(tmp_path)
    assert path_of(best_of(models, "en")) == base
    assert path_of(best_of(models, "en", kind="vosk")) == large
    cores["cores"] = 2
    assert path_of(best_of(models, "en")) == large


def test_a_vosk_model_needs_no_cores_whatever_its_size(tmp_path: Path, cores: dict[str, int]) -> None:
    install(tmp_path, "large", "en-us")
    cores["cores"] = 1
    assert not is_too_slow(find(tmp_path, "large"))


def test_auto_says_of_which_calls_it_lets_a_model_hear(tmp_path: Path, cores: dict[str, int]) -> None:
    install_moonshine(tmp_path, "base", size=BASE)
    install(tmp_path, "es", "es")
    models = installed(tmp_path)
    assert {model.name: auto_for(models, model) for model in models if not model.bundled} == {
        "base": "en",
        "es": "es",
    }
    cores["cores"] = 2
    assert auto_for(models, find(tmp_path, "base")) is None
