"""Several engines in one server: every call gets its language's, samples get theirs, operators see them all."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import websockets
from structlog.testing import capture_logs

from tests.core.test_playbook import SMALL
from tests.fakes.models import install
from tests.shell.serving import SAMPLES, Serving, calling, hang_up, serving, settings_for, silence, start_message
from voiceassist.app import load_playbooks
from voiceassist.asr import engines as engines_module
from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.asr.engines import Engines, load_engine, load_engines
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.own_words import own_phrases, own_words
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.core.playbook import parse_playbook
from voiceassist.errors import ConfigError, EngineError, IngestError, PlaybookError
from voiceassist.events import CallStarted, Customer, Person, Speaker
from voiceassist.ingest.source import CallInfo

SCRIPT = f"scripted:{SAMPLES / 'late-return.json'}"
OTHER_SCRIPT = f"scripted:{SAMPLES / 'abuse-ladder.json'}"


@dataclass
class Loading:
    """Loads scripted engines; remembers which are closed, and fails when asked to."""

    fails: str = "nothing"
    closed: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    kind: type[ScriptedEngine] = ScriptedEngine

    def __call__(self, choice: Any, *, language: str, decoders: int = 1) -> Engine:
        assert decoders >= 1
        if language == self.fails:
            raise EngineError("the model is torn")
        self.loaded.append(f"{choice.name} {language}")
        engine = self.kind((), language=language)
        engine.close = lambda: self.closed.append(language)  # type: ignore[method-assign]
        return engine


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Loading:
    """What stands for real models."""
    loading = Loading()
    monkeypatch.setattr(engines_module, "load", loading)
    return loading


# ---- loading ----


def test_every_language_is_loaded_and_closed(tmp_path: Path, loading: Loading) -> None:
    settings = settings_for(tmp_path, engine="auto", engines={"es": SCRIPT, "fr": SCRIPT}, demo=False)
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


@pytest.mark.parametrize(("language", "setting"), [("en", "`engine`"), ("es", "`engines.es`")])
def test_one_engine_that_does_not_load_stops_the_start_and_frees_the_others(
    tmp_path: Path, loading: Loading, language: str, setting: str
) -> None:
    loading.fails = language
    with pytest.raises(EngineError, match=rf"setting {setting}, calls in '{language}': the model is torn"):
        load_engines(settings_for(tmp_path, engines={"es": SCRIPT}))
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
    spoken = own_words(parse_playbook(text, "small.yaml"))
    assert spoken == ("back", "can't", "else", "i", "no", "pay", "really", "refund", "something", "we")


async def test_operators_are_told_the_words_of_the_playbook_that_the_model_does_not_know(
    tmp_path: Path, loading: Loading
) -> None:
    loading.kind = Listed
    with capture_logs() as logs:
        async with serving(settings_for(tmp_path)) as server:
            (engine,) = await engines_of(server)
    assert (engine["playbook"].partition("@")[0], engine["unknown_words"]) == ("retail-telecom", ["credit"])
    (told,) = [line for line in logs if "does not know" in line["event"]]
    assert (told["unknown"], told["first"]) == (1, ("credit",))


# ---- playbooks ----


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    """A small playbook that says it is Spanish."""
    path = tmp_path / "spanish.yaml"
    path.write_text(SMALL.replace("language: en", "language: es").replace("name: small", "name: chico"))
    return path


def test_every_language_has_its_playbook(tmp_path: Path, spanish: Path) -> None:
    playbooks = load_playbooks(settings_for(tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}))
    assert {tag: playbook.language for tag, playbook in playbooks.items()} == {"en": "en", "es": "es"}


def test_a_playbook_of_another_language_is_refused_by_its_file(tmp_path: Path, spanish: Path) -> None:
    with pytest.raises(PlaybookError, match=r"spanish\.yaml: is for 'es', not for calls in 'en'"):
        load_playbooks(settings_for(tmp_path, playbook=spanish))


def test_a_language_without_a_built_in_playbook_is_told_which_setting_names_one(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"'fr' \(only: en.*`playbooks\.fr`"):
        load_playbooks(settings_for(tmp_path, engines={"fr": SCRIPT}))


def test_a_broken_playbook_of_a_further_language_is_named(tmp_path: Path, spanish: Path) -> None:
    spanish.write_text("name: 5\n")
    with pytest.raises(PlaybookError, match=r"spanish\.yaml:"):
        load_playbooks(settings_for(tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}))


# ---- a server with two languages, and another engine for its samples ----


@pytest.fixture
async def server(tmp_path: Path, spanish: Path) -> AsyncIterator[Serving]:
    settings = settings_for(
        tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}, sample_engine=OTHER_SCRIPT
    )
    async with serving(settings) as running:
        yield running


async def started(server: Serving, call_id: str) -> CallStarted:
    event = (await server.assistant.store.records(call_id))[0].event
    assert isinstance(event, CallStarted)
    return event


@pytest.mark.parametrize(
    ("said", "language", "playbook"),
    [({}, "en", "retail-telecom"), ({"language": "es-MX"}, "es", "chico@3"), ({"language": None}, "en", "retail")],
)
async def test_a_call_says_what_it_was_heard_with(
    server: Serving, said: dict[str, Any], language: str, playbook: str
) -> None:
    async with calling(server, "c-1", **said) as phone:
        await phone.send(silence(1))
        await hang_up(phone)
    event = await started(server, "c-1")
    assert (event.language, event.engine) == (language, "scripted")
    assert event.playbook.startswith(playbook)


async def test_calls_of_two_languages_go_on_side_by_side_and_are_counted(server: Serving) -> None:
    async with calling(server, "c-1") as english, calling(server, "c-2", language="es") as other:
        for phone, seconds in ((english, 1), (other, 1)):
            await phone.send(silence(seconds))
        async with asyncio.timeout(30):
            while [one["open_recognizers"] for one in await engines_of(server)][:2] != [2, 2]:  # noqa: ASYNC110 - asked as an operator would
                await asyncio.sleep(0.01)
        metrics = (await server.http.get("/metrics")).text
        assert (
            'voiceassist_engine_open_recognizers{engine="scripted",language="es",purpose="people"} 2.0' in metrics
        )
        assert 'voiceassist_engine_memory_bytes{engine="scripted",language="en",purpose="sample"}' in metrics
        for phone in (english, other):
            await hang_up(phone)
    assert [one["open_recognizers"] for one in await engines_of(server)] == [0, 0, 0]


async def engines_of(server: Serving) -> Sequence[dict[str, Any]]:
    answer: dict[str, Any] = (await server.http.get("/api/admin/engines")).json()
    return list(answer["engines"])


async def test_a_call_in_a_language_that_is_not_there_is_told_which_are(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message("c-1", language="de")))
        error = json.loads(await phone.recv())
    assert error["code"] == "bad_language"
    assert "recognises en, es, not 'de'" in error["message"]
    assert "voiceassist models pull" in error["message"]


async def test_only_the_demos_own_samples_are_heard_by_the_sample_engine(server: Serving) -> None:
    sample = (await server.http.post("/api/samples/friendly/play")).json()["call_id"]
    live = server.assistant.live
    assert server.assistant.engine_for(live[sample].info) is server.assistant.engines.sample
    async with calling(server, "friendly-abc123") as phone:
        assert server.assistant.engine_for(live["friendly-abc123"].info) is server.assistant.engines.default
        await hang_up(phone)


async def test_a_microphone_is_never_heard_by_an_engine_for_synthesised_speech(server: Serving) -> None:
    unfit = LoadedEngine(ScriptedEngine(()), "synthesised")
    server.assistant.engines = Engines(people={"en": unfit})
    said = CallInfo(
        call_id="c-1",
        agent=Person(id="ana", name="Ana"),
        customer=Customer(id="42", name="Mr Brown"),
        source="whip",
        legs=("agent",),
    )
    with pytest.raises(IngestError, match="understands synthesised speech only") as refused:
        await server.assistant.check(said)
    assert refused.value.code == "engine_unfit"
    await server.assistant.check(replace(said, source="stream"))


async def test_operators_see_every_engine_with_its_cost(server: Serving) -> None:
    seen = await engines_of(server)
    assert [(one["language"], one["purposes"]) for one in seen] == [
        ("en", ["people"]),
        ("es", ["people"]),
        ("en", ["sample"]),
    ]
    for one in seen:
        assert one["name"] == "scripted"
        assert one["state"] == "ready"
        assert one["rate_hz"] == 16_000
        assert {"memory_bytes", "load_ms", "fit_for", "open_recognizers"} <= one.keys()


async def test_operators_see_installed_and_offered_models_and_what_auto_takes(
    server: Serving, tmp_path: Path
) -> None:
    install(tmp_path / "models", "vosk-model-small-de-0.15", "de")
    seen = (await server.http.get("/api/admin/models")).json()
    german = next(one for one in seen["installed"] if one["name"] == "vosk-model-small-de-0.15")
    assert (german["engine"], german["bundled"]) == ("vosk:vosk-model-small-de-0.15", False)
    offered = {one["name"]: one for one in seen["offered"]}
    assert offered["vosk-model-small-de-0.15"]["installed"]
    spanish = offered["vosk-model-small-es-0.42"]
    assert (spanish["installed"], spanish["command"]) == (
        False,
        "voiceassist models pull vosk-model-small-es-0.42",
    )
    assert seen["auto"]["de"] == {"engine": "vosk:vosk-model-small-de-0.15", "problem": None}
    assert seen["auto"]["en"]["engine"] == "moonshine"
    assert "models pull" in seen["auto"]["es"]["problem"]


async def test_status_says_which_languages_there_are_and_who_hears_them(server: Serving) -> None:
    status = (await server.http.get("/api/status")).json()
    assert (status["language"], status["engine"]) == ("en", "scripted")
    assert [(one["language"], one["engine"]) for one in status["languages"]] == [
        ("en", "scripted"),
        ("es", "scripted"),
    ]
    assert status["sample_engine"]["fit_for"] == "people"
    assert status["languages"][1]["better_model"].startswith("vosk-model")


async def test_another_site_sees_no_engines(server: Serving) -> None:
    for path in ("engines", "models"):
        answer = await server.http.get(f"/api/admin/{path}", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403


# ---- likely phrases ----


class _PhraseTaker(ScriptedEngine):
    """An engine that takes phrases, and remembers them."""

    prefers_phrases = True
    got: tuple[str, ...] = ()

    def open(self, speaker: Speaker, *, phrases: Iterable[str] = ()) -> Recognizer:
        self.got = tuple(phrases)
        return super().open(speaker)


def test_engine_that_can_prefer_phrases_gets_the_likely_ones() -> None:
    inner = _PhraseTaker((), language="en")
    engine = LoadedEngine(inner, "people")
    engine.likely_phrases = ("store credit",)

    engine.open("agent")

    assert inner.got == ("store credit",)


def test_engine_that_cannot_prefer_phrases_is_opened_without() -> None:
    engine = LoadedEngine(ScriptedEngine((), language="en"), "people")
    engine.likely_phrases = ("store credit",)

    engine.open("agent")

    assert engine.open_recognizers == 1


def test_own_phrases_are_the_plain_ones_of_several_words() -> None:
    phrases = own_phrases(parse_playbook(SMALL, "small.yaml"))

    assert all(" " in phrase and not set(phrase) & set("()[]<>|.*^$") for phrase in phrases)
    assert phrases
