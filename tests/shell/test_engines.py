"""Several engines in one server: each model is loaded once, every call gets its language's, samples get theirs."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.loading import Loading
from tests.fakes.models import install
from tests.playbook_file.test_playbook import SMALL
from tests.shell.serving import SAMPLES, settings_for
from voiceassist.app import load_bases, running
from voiceassist.asr.engines import Engines, load_engine, load_engines
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.playbook_words import playbook_words
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.errors import ConfigError, EngineError, IngestError, PlaybookError, StoreError
from voiceassist.playbook_file.parse import parse_playbook
from voiceassist.store.lock import sole_use_of

SCRIPT = f"scripted:{SAMPLES / 'late-return.json'}"
OTHER_SCRIPT = f"scripted:{SAMPLES / 'abuse-ladder.json'}"


# ---- loading ----


def test_every_language_is_loaded_and_closed(tmp_path: Path, loading: Loading) -> None:
    settings = settings_for(tmp_path, engine="auto", engines={"es": SCRIPT, "fr": OTHER_SCRIPT}, demo=False)
    engines = load_engines(settings)
    assert list(engines.people) == ["en", "es", "fr"]
    assert engines.default.language == "en"
    assert engines.sample is None
    engines.close()
    assert sorted(loading.closed) == ["en", "es", "fr"]


def test_samples_share_the_engine_when_it_is_the_same(tmp_path: Path, loading: Loading) -> None:
    engines = load_engines(settings_for(tmp_path))
    assert engines.sample is engines.default
    assert loading.loaded == ["scripted en"]
    assert engines.state(engines.default).purposes == ("people", "sample")


def test_a_model_of_several_tags_is_loaded_reported_and_closed_once(tmp_path: Path, loading: Loading) -> None:
    settings = settings_for(tmp_path, language="en-us", engines={"en-gb": SCRIPT}, demo=False)
    engines = load_engines(settings)
    british, american = engines.people["en-gb"], engines.people["en-us"]
    assert loading.loaded == ["scripted en-us"]
    assert (american.language, british.language) == ("en-us", "en-gb")
    assert sum(engine.memory_bytes for engine in engines.loaded()) == american.memory_bytes > 0
    british.open("agent")
    assert (american.open_recognizers, british.open_recognizers) == (0, 1)
    engines.close()
    assert loading.closed == ["en-us"]


def test_a_model_that_hears_people_and_samples_under_two_tags_is_loaded_once(
    tmp_path: Path, loading: Loading
) -> None:
    engines = load_engines(settings_for(tmp_path, language="es", sample_engine=SCRIPT))
    assert loading.loaded == ["scripted es"]
    assert engines.sample
    assert (engines.sample.language, engines.state(engines.sample).purposes) == ("en", ("sample",))
    assert engines.sample is not engines.default


async def test_a_second_server_on_the_same_folder_loads_no_model(tmp_path: Path, loading: Loading) -> None:
    with sole_use_of(tmp_path), pytest.raises(ConfigError, match="another voiceassist uses"):
        async with running(settings_for(tmp_path)):
            pass
    assert loading.loaded == []


async def test_a_start_that_fails_once_models_are_loaded_frees_them_and_the_folder(
    tmp_path: Path, loading: Loading
) -> None:
    (tmp_path / "voiceassist.db").mkdir()
    with pytest.raises(StoreError):
        async with running(settings_for(tmp_path)):
            pass
    assert loading.closed == ["en"]
    with sole_use_of(tmp_path):
        pass


@pytest.mark.parametrize(("language", "setting"), [("en", "`engine`"), ("es", "`engines.es`")])
def test_one_engine_that_does_not_load_stops_the_start_and_frees_the_others(
    tmp_path: Path, loading: Loading, language: str, setting: str
) -> None:
    loading.fails = language
    with pytest.raises(EngineError, match=rf"setting {setting}, calls in '{language}': the model is torn"):
        load_engines(settings_for(tmp_path, engines={"es": OTHER_SCRIPT}))
    assert loading.closed == [one.split()[-1] for one in loading.loaded]


def test_a_language_without_an_engine_is_told_before_anything_is_loaded(tmp_path: Path, loading: Loading) -> None:
    settings = settings_for(tmp_path, engines={"es": "auto"}, models_dir=tmp_path / "models")
    with pytest.raises(ConfigError, match=r"setting `engines\.es`.*models pull vosk-model-small-es"):
        load_engines(settings)
    assert loading.loaded == []


def test_an_engine_unfit_for_people_is_warned_about(tmp_path: Path, loading: Loading) -> None:
    install(tmp_path / "models", "mine-tiny-es", "es", fit_for="synthesised")
    with capture_logs() as logs:
        engines = load_engines(settings_for(tmp_path, engine="vosk:mine-tiny-es", language="es", demo=False))
    assert loading.loaded == ["vosk:mine-tiny-es es"]
    assert engines.default.fit_for == "synthesised"
    assert [line["log_level"] for line in logs] == ["info", "warning"]


def test_a_model_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EngineError, match=str(tmp_path / "empty")):
        load_engine(f"vosk:{tmp_path / 'empty'}", language="de", models_dir=tmp_path)


def test_a_scripted_engine_needs_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.json"):
        load_engine("scripted:nowhere.json", language="de", models_dir=tmp_path)


@pytest.mark.audio
def test_auto_is_moonshine_when_no_model_is_installed(tmp_path: Path) -> None:
    engine = load_engine("auto", language="en-GB", models_dir=tmp_path)
    assert (engine.name, engine.language) == ("moonshine", "en-gb")
    engine.close()


# ---- choosing for a call ----


def scripted(language: str) -> LoadedEngine:
    return LoadedEngine(ScriptedEngine((), language=language), "people")


def two_languages() -> Engines:
    return Engines(people={"en": scripted("en"), "es": scripted("es")}, sample=scripted("en"))


@pytest.mark.parametrize(
    ("asked", "given"), [(None, "en"), ("en", "en"), ("es", "es"), ("es-MX", "es"), ("ES", "es")]
)
def test_a_call_gets_the_engine_of_its_language(asked: str | None, given: str) -> None:
    engines = two_languages()
    assert engines.for_call(asked, purpose="people") is engines.people[given]


def test_a_sample_call_gets_its_own_engine_and_people_never_do() -> None:
    engines = two_languages()
    assert engines.for_call("en", purpose="sample") is engines.sample
    assert engines.for_call("en", purpose="people") is not engines.sample


def test_a_call_in_another_language_is_refused_with_those_there_are_and_the_command() -> None:
    with pytest.raises(
        IngestError, match=r"recognises en, es, not 'de'.*`voiceassist models pull vosk-model-small-de"
    ):
        two_languages().for_call("de", purpose="people")


def test_recognizers_are_counted_from_open_to_close() -> None:
    engine = scripted("en")
    legs = [engine.open("agent"), engine.open("customer")]
    assert engine.open_recognizers == 2
    legs[0].close()
    legs[0].close()
    assert engine.open_recognizers == 1
    legs[1].close()
    assert engine.open_recognizers == 0


# ---- words that a model does not know ----


class Listed(ScriptedEngine):
    """An engine that can be asked for its words, as Vosk can."""

    def vocabulary(self, words: Iterable[str]) -> Mapping[str, bool]:
        return {word: word != "credit" for word in words}


def test_words_that_an_engine_does_not_know_are_told() -> None:
    assert LoadedEngine(Listed(()), "people").unknown(["store", "credit"]) == ("credit",)
    assert scripted("en").unknown(["store", "credit"]) is None


def test_a_vosk_model_is_asked_for_its_words(tmp_path: Path) -> None:
    engine = LoadedEngine(load_engine("vosk:vosk-tiny-en", language="en", models_dir=tmp_path), "synthesised")
    assert engine.unknown(["refund", "Refund", "brontosauric"]) == ("brontosauric",)
    assert engine.open("agent").rate_hz == engine.rate_hz
    engine.close()


def test_words_of_a_playbook_are_those_of_its_phrases_and_offers() -> None:
    text = SMALL.replace("[<we> can't]", '["<we> can\u2019t (Refund|pay back) cancel* [really] ...4 1* ^ no $"]')
    spoken = playbook_words(parse_playbook(text, "small.yaml"))
    assert spoken == ("back", "can't", "else", "i", "no", "pay", "really", "refund", "something", "we")


# ---- playbooks ----


def test_every_language_has_its_playbook(tmp_path: Path, spanish: Path) -> None:
    bases = load_bases(settings_for(tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}))
    assert {tag: base.playbook.language for tag, base in bases.items()} == {"en": "en", "es": "es"}


def test_a_playbook_of_another_language_is_refused_by_its_file(tmp_path: Path, spanish: Path) -> None:
    with pytest.raises(PlaybookError, match=r"spanish\.yaml: is for 'es', not for calls in 'en'"):
        load_bases(settings_for(tmp_path, playbook=spanish))


def test_a_language_without_a_built_in_playbook_is_told_which_setting_names_one(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"'fr' \(only: en.*`playbooks\.fr`"):
        load_bases(settings_for(tmp_path, engines={"fr": SCRIPT}))


def test_a_broken_playbook_of_a_further_language_is_named(tmp_path: Path, spanish: Path) -> None:
    spanish.write_text("name: 5\n")
    with pytest.raises(PlaybookError, match=r"spanish\.yaml:"):
        load_bases(settings_for(tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}))
