"""A server with several engines, from outside: what calls are heard with, and what operators see of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import websockets
from structlog.testing import capture_logs

from tests.fakes.loading import Loading
from tests.fakes.models import install
from tests.shell.serving import (
    SAMPLES,
    Serving,
    begin,
    calling,
    hang_up,
    serving,
    settings_for,
    silence,
    start_message,
)
from voiceassist.asr.engines import Engines
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.errors import IngestError
from voiceassist.events import CallStarted, Customer, Person
from voiceassist.ingest.source import CallInfo

SCRIPT = f"scripted:{SAMPLES / 'late-return.json'}"
OTHER_SCRIPT = f"scripted:{SAMPLES / 'abuse-ladder.json'}"


class Forgetful(ScriptedEngine):
    """An engine that can be asked for its words, as Vosk can, and lacks one."""

    def vocabulary(self, words: Iterable[str]) -> Mapping[str, bool]:
        return {word: word != "credit" for word in words}


@pytest.fixture
async def server(tmp_path: Path, spanish: Path) -> AsyncIterator[Serving]:
    settings = settings_for(
        tmp_path, engines={"es": SCRIPT}, playbooks={"es": spanish}, sample_engine=OTHER_SCRIPT
    )
    async with serving(settings) as running:
        yield running


async def started(server: Serving, call_id: str) -> CallStarted:
    event = (await server.runtime.store.records(call_id))[0].event
    assert isinstance(event, CallStarted)
    return event


@pytest.mark.parametrize(
    ("said", "language", "playbook"),
    [({}, "en", "retail"), ({"language": "es-MX"}, "es", "chico@1"), ({"language": None}, "en", "retail")],
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
    live = server.runtime.live
    assert server.runtime.engine_for(live[sample].info) is server.runtime.engines.sample
    async with calling(server, "friendly-abc123") as phone:
        await begin(server, "friendly-abc123", phone)
        assert server.runtime.engine_for(live["friendly-abc123"].info) is server.runtime.engines.default
        await hang_up(phone)


async def test_a_microphone_is_never_heard_by_an_engine_for_synthesised_speech(server: Serving) -> None:
    unfit = LoadedEngine(ScriptedEngine(()), "synthesised")
    server.runtime.engines = Engines(people={"en": unfit})
    said = CallInfo(
        call_id="c-1",
        agent=Person(id="ana", name="Ana"),
        customer=Customer(id="42", name="Mr Brown"),
        source="whip",
        legs=("agent",),
    )
    with pytest.raises(IngestError, match="understands synthesised speech only") as refused:
        await server.runtime.check(said)
    assert refused.value.code == "engine_unfit"
    await server.runtime.check(replace(said, source="stream"))


async def test_a_call_for_which_there_is_no_memory_is_refused_with_the_figures(server: Serving) -> None:
    hungry = LoadedEngine(ScriptedEngine(()), "people")
    hungry.leg_bytes = 10**15
    server.runtime.engines = Engines(people={"en": hungry})
    async with websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message("c-1")))
        error = json.loads(await phone.recv())
        await phone.wait_closed()
    assert error["code"] == "no_memory"
    assert "with the engine scripted it would take 2000000000 MB" in error["message"]
    assert "try again when one has ended" in error["message"]
    assert phone.close_code == 1013
    assert not server.runtime.live


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


async def test_operators_are_told_the_words_of_the_playbook_that_the_model_does_not_know(
    tmp_path: Path, loading: Loading
) -> None:
    loading.kind = Forgetful
    with capture_logs() as logs:
        async with serving(settings_for(tmp_path)) as server:
            (engine,) = await engines_of(server)
    assert (engine["playbook"].partition("@")[0], engine["unknown_words"]) == ("retail", ["credit"])
    (told,) = [line for line in logs if "does not know" in line["event"]]
    assert (told["unknown"], told["first"]) == (1, ("credit",))
