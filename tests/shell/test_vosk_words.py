"""Clients of vosk-server on a real server: an answer for every message, all words, and nothing of them is kept."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.fakes.engines import FailingEngine
from tests.fakes.gated_engine import ENOUGH_S, FINAL, RATE_HZ, Decodes, GatedEngine
from tests.shell.people import add_person, make_key, with_key
from tests.shell.serving import SAMPLES, Serving, serving, settings_for
from voiceassist.asr.engine import Recognizer
from voiceassist.asr.engines import Engines
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import Share
from voiceassist.asr.scheduled_leg import DuePiece, ScheduledLeg
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.run import place_call
from voiceassist.events import SPEAKERS, Customer, Final, Person, Prompt, Speaker, Transcript
from voiceassist.live.plain_recognition import WAITING_PIECES, PlainRecognition
from voiceassist.samples import load_sample
from voiceassist.server import vosk

SCRIPT = "late-return"
CHUNK = bytes(3_200)  # 0.2 s at 8 kHz, as in the published test.py
END = '{"eof" : 1}'
Answers = list[dict[str, Any]]


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Its engine hears the script, whatever the audio is."""
    async with serving(settings_for(tmp_path)) as running:
        yield running


def chunks_of(script: str) -> int:
    return load_sample(script).duration_ms // 200 + 3


def said_by(speaker: str) -> str:
    lines = json.loads((SAMPLES / f"{SCRIPT}.json").read_text())["lines"]
    return " ".join(word["text"] for line in lines if line["speaker"] == speaker for word in line["words"])


def texts(answers: Answers) -> str:
    return " ".join(answer["text"] for answer in answers if answer.get("text"))


async def ask(client: ClientConnection, message: str | bytes) -> dict[str, Any]:
    """What the published clients do: they send, and wait for the answer."""
    await client.send(message)
    answer: dict[str, Any] = json.loads(await client.recv())
    return answer


async def transcribe(client: ClientConnection, chunks: int) -> Answers:
    """A whole file, and how the server closes."""
    await client.send('{ "config" : { "sample_rate" : 8000 } }')
    answers = [*[await ask(client, CHUNK) for _ in range(chunks)], await ask(client, END)]
    with pytest.raises(websockets.ConnectionClosedOK):
        await client.recv()
    return answers


async def test_file_is_heard_by_a_client_that_waits_for_each_answer(server: Serving) -> None:
    async with connect(server.socket_url("/ingest/vosk?leg=customer")) as client:
        answers = await transcribe(client, chunks_of(SCRIPT))
    assert len(answers) == chunks_of(SCRIPT) + 1
    assert texts(answers) == said_by("customer")
    assert any(answer.get("partial") for answer in answers)
    assert all(set(word) == {"conf", "start", "end", "word"} for one in answers for word in one.get("result", ()))
    assert "text" in answers[-1]


async def test_client_that_does_not_wait_gets_as_many_answers_as_it_sent_messages(server: Serving) -> None:
    async with connect(server.socket_url("/ingest/vosk")) as client:
        for _ in range(chunks_of(SCRIPT)):
            await client.send(CHUNK)
        await client.send(END)
        answers = [json.loads(answer) async for answer in client]
    assert (len(answers), texts(answers)) == (chunks_of(SCRIPT) + 1, said_by("customer"))


async def test_nothing_is_shown_or_kept_of_a_client_that_brings_no_call(server: Serving) -> None:
    async with connect(server.socket_url("/ingest/vosk")) as client:
        await ask(client, CHUNK)
        assert len(server.runtime.capacity.plain_legs) == 1
        assert (server.runtime.live, server.runtime.hub.rows, server.runtime.joins.feeds) == ({}, {}, {})
        await ask(client, END)
        await client.wait_closed()
    assert (await server.http.get("/api/calls")).json()["calls"] == []


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)


@pytest.mark.parametrize("goodbye", ["close", "abort"])
async def test_client_that_leaves_in_mid_word_frees_what_heard_it(server: Serving, goodbye: str) -> None:
    engine = server.runtime.engines.default
    async with connect(server.socket_url("/ingest/vosk")) as client:
        await ask(client, CHUNK)
        assert engine.open_recognizers == 1
        if goodbye == "abort":
            client.transport.abort()
    await until(lambda: engine.open_recognizers == 0 and not server.runtime.capacity.plain_legs)


async def test_client_without_a_key_is_refused_and_one_whose_key_is_revoked_is_told(server: Serving) -> None:
    await add_person(server, "root", "admin")
    with pytest.raises(websockets.InvalidStatus):
        await connect(server.socket_url("/ingest/vosk"))
    secret, directory = await make_key(server, "ingest"), server.runtime.directory
    async with connect(server.socket_url("/ingest/vosk"), additional_headers=with_key(secret)) as client:
        assert await ask(client, CHUNK) == {"partial": ""}
        key = directory.key_of(secret)
        assert key is not None
        await directory.revoke_key(key.id, by="root")
        assert (await ask(client, CHUNK))["code"] == "rights_ended"


@pytest.mark.parametrize(
    ("message", "code", "close"),
    [
        ("hello", "bad_json", 4400),
        ('{"config": {"sample_rate": 1}}', "bad_rate", 4400),
        ("{}", "unknown_type", 4400),
    ],
)
async def test_wrong_message_is_told_in_the_clients_own_form(
    server: Serving, message: str, code: str, close: int
) -> None:
    async with connect(server.socket_url("/ingest/vosk")) as client:
        assert (await ask(client, message))["code"] == code
        await client.wait_closed()
    assert client.close_code == close


async def test_channel_for_which_there_is_no_memory_is_refused(server: Serving) -> None:
    hungry = LoadedEngine(ScriptedEngine(()), "people")
    hungry.leg_bytes = 10**15
    server.runtime.engines = Engines(people={"en": hungry})
    async with connect(server.socket_url("/ingest/vosk")) as client:
        told = await ask(client, CHUNK)
        await client.wait_closed()
    assert (told["code"], client.close_code, server.runtime.capacity.plain_legs) == ("no_memory", 1013, [])


async def test_clients_are_bounded_and_take_no_place_of_a_call(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vosk, "MOST_CLIENTS", 1)
    async with connect(server.socket_url("/ingest/vosk")) as first:
        await until(lambda: server.runtime.words_clients == 1)
        assert server.runtime.joins.waiting == 0
        async with connect(server.socket_url("/ingest/vosk")) as second:
            assert json.loads(await second.recv())["code"] == "too_many_waiting"
        assert await ask(first, CHUNK) == {"partial": ""}
    await until(lambda: server.runtime.words_clients == 0)


async def test_engine_that_fails_ends_this_client_and_says_so(server: Serving) -> None:
    server.runtime.engines.people["en"].inner = FailingEngine(inner=ScriptedEngine(()))
    async with connect(server.socket_url("/ingest/vosk")) as client:
        assert (await ask(client, CHUNK))["code"] == "call_failed"
    async with connect(server.socket_url("/ingest/vosk")) as other:
        assert await ask(other, CHUNK) == {"partial": ""}


class Prefers(ScriptedEngine):
    """An engine that can be told what is likely to be said."""

    preferred: tuple[str, ...] = ()

    def open_preferring(self, speaker: Speaker, phrases: Iterable[str]) -> Recognizer:
        self.preferred = tuple(phrases)
        return self.open(speaker)


async def test_phrases_of_a_client_are_preferred_for_that_client(server: Serving) -> None:
    inner = server.runtime.engines.people["en"].inner = Prefers(())
    async with connect(server.socket_url("/ingest/vosk")) as client:
        await client.send(json.dumps({"config": {"phrase_list": ["oh one", "[unk]"], "words": 0}}))
        await ask(client, CHUNK)
    assert inner.preferred == ("oh one",)


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[DecodePool]:
    """One thread."""
    async with DecodePool(1) as pool:
        yield pool


async def test_client_is_answered_while_its_words_are_still_being_decoded(pool: DecodePool) -> None:
    decodes, heard = Decodes(), list[Transcript]()
    hearing = PlainRecognition(
        ScheduledLeg("customer", GatedEngine(name="a", decodes=decodes), Share(is_bulk=True)),
        pool,
        RATE_HZ,
        heard.append,
    )
    await hearing.add(FINAL)
    assert not await hearing.catch_up(0.0)
    assert heard == []
    decodes.gate.release()
    assert await hearing.catch_up(ENOUGH_S)
    assert [type(one) for one in heard] == [Final]
    await hearing.finish()
    await hearing.close()


async def test_audio_of_a_call_is_heard_before_that_of_a_client_which_came_first(pool: DecodePool) -> None:
    decodes = Decodes()

    def leg(name: str, share: Share) -> ScheduledLeg:
        return ScheduledLeg("customer", GatedEngine(name=name, decodes=decodes), share)

    async def call(name: str) -> None:
        piece = DuePiece(pcm=FINAL, rate_hz=RATE_HZ, due_s=monotonic())
        await leg(name, Share()).hear([piece], pool, has_open_cue=False)

    async with asyncio.TaskGroup() as calls:
        calls.create_task(call("first call"))
        await until(lambda: decodes.log == ["first call final"])
        hearing = PlainRecognition(leg("client", Share(is_bulk=True)), pool, RATE_HZ, print)
        await hearing.add(FINAL)
        await until(lambda: pool.depth == 2)
        calls.create_task(call("second call"))
        await until(lambda: pool.depth == 3)
        decodes.gate.release(3)
    await hearing.finish()
    await hearing.close()
    assert decodes.log == ["first call final", "second call final", "client final"]


async def test_audio_that_waits_is_bounded(pool: DecodePool) -> None:
    decodes = Decodes()
    hearing = PlainRecognition(
        ScheduledLeg("customer", GatedEngine(name="a", decodes=decodes), Share(is_bulk=True)), pool, RATE_HZ, print
    )
    await hearing.add(FINAL)
    async with asyncio.timeout(ENOUGH_S):
        while not decodes.log:  # noqa: ASYNC110 - a thread begins to decode
            await asyncio.sleep(0)
    adding = asyncio.create_task(hearing.add(np.zeros(2 * WAITING_PIECES * RATE_HZ, np.int16)))
    for _ in range(1_000):
        await asyncio.sleep(0)  # time enough for what must not be taken
    assert hearing.waiting == WAITING_PIECES
    assert not adding.done()
    decodes.gate.release()
    await adding
    await hearing.close()


async def finals_of(server: Serving, call_id: str, speaker: Speaker) -> list[str]:
    events = [record.event for record in await server.runtime.store.records(call_id)]
    return [event.text for event in events if isinstance(event, Final) and event.speaker == speaker and event.text]


async def test_leg_of_a_call_is_answered_by_what_the_call_shows_of_it(server: Serving) -> None:
    async with connect(server.socket_url("/ingest/vosk?call_id=c-1&leg=agent&agent_name=Ana")) as client:
        answers = await transcribe(client, chunks_of(SCRIPT))
    shown = await finals_of(server, "c-1", "agent")
    assert len(answers) == chunks_of(SCRIPT) + 1
    assert texts(answers) == " ".join(shown) != ""
    assert (await server.http.get("/api/calls")).json()["calls"][0]["agent"]["name"] == "Ana"


async def test_two_clients_are_the_two_legs_of_one_call_with_its_cards(server: Serving) -> None:
    async def leg(name: Speaker) -> Answers:
        async with connect(server.socket_url(f"/ingest/vosk?call_id=c-1&leg={name}")) as client:
            return await transcribe(client, chunks_of(SCRIPT))

    both = await asyncio.gather(leg("agent"), leg("customer"))
    kinds = {type(record.event) for record in await server.runtime.store.records("c-1")}
    assert [len(answers) for answers in both] == [chunks_of(SCRIPT) + 1] * 2
    assert Prompt in kinds
    for answers, name in zip(both, SPEAKERS, strict=True):
        assert texts(answers) == " ".join(await finals_of(server, "c-1", name)) != ""


@pytest.mark.parametrize("purpose", ["call", "words"])
async def test_our_own_caller_is_told_what_was_heard(server: Serving, tmp_path: Path, purpose: str) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(4 * 8_000 * 12))
    call = PlacedCall(
        call_id="c-1",
        agent=Person(id="7", name="Ana"),
        customer=Customer(id="42", name="Mr Brown"),
        options={"purpose": purpose},
    )
    url = server.socket_url("/ingest/vosk")
    outcome = await place_call(tmp_path / "silence.wav", url, call, protocol="vosk", manner=Manner(speed=1e9))
    said = [told for told in outcome.told if told.startswith("customer: ")]
    assert (outcome.connections, outcome.frames, bool(said)) == (2, 120, True)
    assert bool(await server.runtime.store.records("c-1")) == (purpose == "call")
