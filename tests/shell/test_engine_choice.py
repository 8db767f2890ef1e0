"""Which engine a name means: what "auto" takes, what is refused, and what the refusal says to do."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.models import install, install_moonshine
from voiceassist.asr.choice import (
    MOONSHINE,
    Choice,
    choose,
    choose_for_samples,
    matching,
    sample_language,
)
from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError, ModelError
from voiceassist.speech_models import preferred
from voiceassist.speech_models.record import record_path

TAGS = st.from_regex(r"[a-z]{2}(-[A-Za-z]{2,4})?", fullmatch=True)


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the program that brings nothing but the model for synthesised speech."""
    folder = tmp_path / "bundled"
    install(folder, "vosk-tiny-en", "en", fit_for="synthesised")
    monkeypatch.setattr("voiceassist.speech_models.installed.bundled_dir", lambda: folder)
    return folder


@pytest.fixture
def models_dir(tmp_path: Path, bundled: Path) -> Path:  # noqa: ARG001 - beside it
    return tmp_path / "models"


def settings_of(models_dir: Path, **given: Any) -> Settings:
    return load_settings(environment={}, models_dir=models_dir, demo=True, **given)


def test_an_unknown_engine_is_answered_with_the_known_ones(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match="'whisper' is not known; use one of auto, moonshine, moonshine:<"):
        choose("whisper", "en", models_dir)


@pytest.mark.parametrize("name", ["auto", "vosk", "moonshine"])
def test_a_language_without_a_model_is_refused_with_the_command_that_gets_one(models_dir: Path, name: str) -> None:
    with pytest.raises(
        ConfigError, match=r"'es'.*`voiceassist models pull vosk-model-small-es-0.42`.*`scripted:FILE`"
    ):
        choose(name, "es", models_dir)


def test_a_language_that_nobody_offers_is_refused_with_the_way_to_add_a_model(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match=r"'tlh'.*`voiceassist models add FOLDER`"):
        choose("auto", "tlh", models_dir)


@pytest.mark.parametrize("language", ["en", "en-US", "EN_gb"])
def test_auto_is_moonshine_in_english_while_no_model_for_people_is_installed(
    models_dir: Path, language: str
) -> None:
    assert choose("auto", language, models_dir) == MOONSHINE


def test_auto_takes_the_larger_installed_model_of_the_language(models_dir: Path) -> None:
    install(models_dir, "vosk-model-small-en-us-0.15", "en-us", size=100)
    large = install(models_dir, "vosk-model-en-us-0.22", "en-us", size=1_000)
    install(models_dir, "vosk-model-es-0.42", "es", size=10_000)
    for name in ("auto", "vosk"):
        assert choose(name, "en", models_dir) == Choice(kind="vosk", path=large, fit_for="people")


@pytest.mark.parametrize("name", ["auto", "vosk"])
def test_a_model_for_synthesised_speech_is_never_taken_unless_it_is_named(models_dir: Path, name: str) -> None:
    install(models_dir, "mine-tiny-es", "es", fit_for="synthesised")
    with pytest.raises(ConfigError, match="no Vosk model of language 'es' is installed"):
        choose(name, "es", models_dir)
    assert choose("vosk:mine-tiny-es", "es", models_dir).fit_for == "synthesised"


def test_a_folder_that_is_an_installed_model_keeps_what_is_known_of_it(models_dir: Path, bundled: Path) -> None:
    named = choose("vosk:vosk-tiny-en", "en", models_dir)
    assert named == choose(f"vosk:{bundled / 'vosk-tiny-en'}", "en", models_dir)
    assert (named.fit_for, named.name) == ("synthesised", "vosk:vosk-tiny-en")


def test_any_folder_is_what_the_record_beside_it_says(models_dir: Path, tmp_path: Path) -> None:
    folder = install(tmp_path / "elsewhere", "mine", "es", fit_for="synthesised")
    assert choose(f"vosk:{folder}", "es", models_dir) == Choice(kind="vosk", path=folder, fit_for="synthesised")
    with pytest.raises(ConfigError, match="'vosk:mine' hears 'es', not 'en'"):
        choose(f"vosk:{folder}", "en", models_dir)


def test_a_folder_that_nothing_is_known_of_is_for_whoever_named_it_to_answer_for(
    models_dir: Path, tmp_path: Path
) -> None:
    folder = install(tmp_path / "elsewhere", "mine", "es")
    record_path(folder).unlink()
    assert choose(f"vosk:{folder}", "en", models_dir) == Choice(kind="vosk", path=folder)


@pytest.mark.parametrize("name", ["vosk-tiny-en", "renamed"])
def test_a_copy_of_the_bundled_model_is_known_again_wherever_it_is(
    models_dir: Path, bundled: Path, tmp_path: Path, name: str
) -> None:
    for place in (models_dir, tmp_path / "elsewhere"):
        copytree(bundled / "vosk-tiny-en", place / name)
        assert choose(f"vosk:{place / name}", "en", models_dir).fit_for == "synthesised"
    assert choose(f"vosk:{name}", "en", models_dir).fit_for == "synthesised"
    assert choose("auto", "en", models_dir) == MOONSHINE
    with pytest.raises(ConfigError, match="hears 'en', not 'es'"):
        choose(f"vosk:{name}", "es", models_dir)


def test_sample_calls_keep_the_bundled_model_whatever_has_its_name(models_dir: Path, bundled: Path) -> None:
    copytree(bundled / "vosk-tiny-en", models_dir / "vosk-tiny-en")
    (models_dir / "vosk-tiny-en.toml").write_text("damaged", encoding="utf-8")
    assert choose_for_samples(settings_of(models_dir)).path == bundled / "vosk-tiny-en"


def test_a_model_whose_record_is_damaged_is_refused_by_name_and_by_folder(
    models_dir: Path, tmp_path: Path
) -> None:
    for folder in (install(models_dir, "mine", "es"), install(tmp_path / "elsewhere", "mine", "es")):
        record_path(folder).write_text("language = ", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"mine\.toml: the record cannot be read"):
            choose(f"vosk:{folder}", "es", models_dir)
    with pytest.raises(ConfigError, match=r"mine\.toml: the record cannot be read"):
        choose("vosk:mine", "es", models_dir)


@pytest.mark.parametrize("here", [".", "./", "../mine"])
def test_the_folder_that_we_are_in_has_its_own_name(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    folder = install(tmp_path / "elsewhere", "mine", "es")
    monkeypatch.chdir(folder)
    assert choose(f"vosk:{here}", "es", models_dir).name == "vosk:mine"


def test_auto_prefers_the_first_region_on_offer_where_none_is_said(models_dir: Path) -> None:
    american = install(models_dir, "us", "en-us", size=100)
    indian = install(models_dir, "in", "en-in", size=1_000)
    taken = {language: choose("auto", language, models_dir).path for language in ("en", "en-GB", "en_IN", "en-us")}
    assert taken == {"en": american, "en-GB": american, "en_IN": indian, "en-us": american}


def test_a_model_of_another_language_is_refused(models_dir: Path) -> None:
    with pytest.raises(ConfigError, match="'vosk:vosk-tiny-en' hears 'en', not 'es': pull a model"):
        choose("vosk:vosk-tiny-en", "es", models_dir)


def test_a_misspelt_model_is_answered_with_the_nearest(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="did you mean vosk-tiny-en"):
        choose("vosk:vosk-tiny-eng", "en", models_dir)


def test_a_broken_model_is_refused_with_what_is_wrong(models_dir: Path) -> None:
    (install(models_dir, "mine", "es") / "am" / "final.mdl").unlink()
    with pytest.raises(ConfigError, match=r"'vosk:mine'.*lacks am/final\.mdl"):
        choose("vosk:mine", "es", models_dir)


# ---- larger models of Moonshine's ----


def test_moonshine_alone_is_the_embedded_model_whatever_is_installed(models_dir: Path) -> None:
    install_moonshine(models_dir, "base")
    assert choose("moonshine", "en", models_dir) == MOONSHINE


def test_a_model_of_moonshines_is_taken_by_its_name_or_folder(models_dir: Path) -> None:
    folder = install_moonshine(models_dir, "base")
    named = choose("moonshine:base", "en-gb", models_dir)
    assert named == choose(f"moonshine:{folder}", "en-gb", models_dir) == Choice(kind="moonshine", path=folder)
    assert named.name == "moonshine:base"


@pytest.mark.parametrize(
    ("name", "message"),
    [("vosk:base", "is one for moonshine; write moonshine:base"), ("moonshine:mine", "for vosk; write vosk:mine")],
)
def test_a_model_that_is_named_for_the_wrong_engine_is_refused_with_the_right_one(
    models_dir: Path, name: str, message: str
) -> None:
    install_moonshine(models_dir, "base")
    install(models_dir, "mine", "en")
    with pytest.raises(ConfigError, match=message):
        choose(name, "en", models_dir)


def test_a_model_of_moonshines_that_is_not_pulled_yet_is_answered_with_the_command(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="pull it with `voiceassist models pull moonshine-base-en`"):
        choose("moonshine:moonshine-base-en", "en", models_dir)


def test_a_model_of_moonshines_does_not_hear_other_languages(models_dir: Path) -> None:
    install_moonshine(models_dir, "base")
    with pytest.raises(ConfigError, match="'moonshine:base' hears 'en', not 'es': pull a model"):
        choose("moonshine:base", "es", models_dir)


def test_auto_takes_a_large_model_of_moonshines_where_there_are_cores_for_it(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = install_moonshine(models_dir, "base", size=141_000_000)
    vosk = install(models_dir, "vosk-model-en-us-0.22", "en-us")
    monkeypatch.setattr(preferred, "cores_here", lambda: 4)
    assert choose("auto", "en", models_dir).path == base
    assert choose("vosk", "en", models_dir).path == vosk
    monkeypatch.setattr(preferred, "cores_here", lambda: 2)
    assert choose("auto", "en", models_dir).path == vosk
    assert choose("moonshine:base", "en", models_dir).path == base


# ---- the demo's sample calls ----


def test_sample_calls_get_the_model_made_for_synthesised_speech(models_dir: Path) -> None:
    assert choose_for_samples(settings_of(models_dir)).name == "vosk:vosk-tiny-en"


@pytest.mark.parametrize("engine", ["moonshine", "scripted:a.json"])
def test_an_engine_that_somebody_named_hears_the_sample_calls_too(models_dir: Path, engine: str) -> None:
    settings = settings_of(models_dir, engine=engine)
    assert choose_for_samples(settings) == choose(engine, "en", models_dir)


def test_sample_engine_names_another(models_dir: Path) -> None:
    settings = settings_of(models_dir, engine="scripted:a.json", sample_engine="vosk:vosk-tiny-en")
    assert choose_for_samples(settings).name == "vosk:vosk-tiny-en"


@pytest.fixture
def nothing_bundled(bundled: Path) -> Iterator[None]:
    bundled.rename(bundled.with_name("gone"))
    return iter(())


@pytest.mark.usefixtures("nothing_bundled")
def test_without_that_model_sample_calls_get_what_people_get(models_dir: Path) -> None:
    assert choose_for_samples(settings_of(models_dir)) == MOONSHINE


def test_sample_calls_are_english_whatever_the_deployment_speaks(models_dir: Path) -> None:
    spanish = settings_of(models_dir, language="es", engine="scripted:a.json")
    assert (sample_language(spanish), choose_for_samples(spanish).name) == ("en", "vosk:vosk-tiny-en")
    both = settings_of(models_dir, language="es", engine="scripted:a.json", engines={"en-US": "moonshine"})
    assert (sample_language(both), choose_for_samples(both)) == ("en-us", MOONSHINE)


# ---- languages ----


@pytest.mark.parametrize(
    ("given", "ours", "taken"),
    [
        ("en", ["es", "en"], "en"),
        ("es-MX", ["en", "es"], "es"),
        ("es_mx", ["en", "es", "es-mx"], "es-mx"),
        ("en", ["en-us", "en-gb"], "en-us"),
        ("en-in", ["en-us", "en"], "en"),
        ("de", ["en", "es"], None),
        ("", ["en"], None),
    ],
)
def test_a_call_takes_the_very_tag_then_the_language_then_one_of_its_regions(
    given: str, ours: list[str], taken: str | None
) -> None:
    assert matching(given, ours) == taken


@given(TAGS, st.lists(TAGS.map(str.lower)))
def test_a_call_never_gets_another_language(language: str, ours: list[str]) -> None:
    taken = matching(language, ours)
    alike = [tag for tag in ours if tag[:2] == language[:2].lower()]
    assert taken in alike if alike else taken is None
