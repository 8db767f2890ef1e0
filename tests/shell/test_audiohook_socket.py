"""AudioHook sessions over real sockets: what a client hears, and what the call hears of it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fakes.audiohook_server import audiohook_server
from tests.fakes.audiohook_words import CONVERSATION, OPEN, ORGANIZATION, PROBE, SESSION, Json, Words, offer
from voiceassist.audio.pcm import decode
from voiceassist.callers import g711
from voiceassist.callers.audiohook import AudiohookCaller
from voiceassist.callers.caller import CallerError, CallerLine, Frame, PlacedCall
from voiceassist.events import SPEAKERS, Customer, Final, Person, Word
from voiceassist.ingest.limits import PeerLimits

# No test waits for a tick or for silence: the clock stands still. Nothing is recognised, so nothing is waited for.
LIMITS = PeerLimits(tick_s=60.0)
HEADERS = {"Audiohook-Organization-Id": ORGANIZATION, "Audiohook-Session-Id": SESSION, "X-API-KEY": "key"}
SECRET = b64encode(b"secret").decode()
CALL = PlacedCall(
    call_id=CONVERSATION,
    agent=Person(id="7", name="Ana", team="returns"),
    customer=Customer(id="+1555", name="Mr Brown", tier="gold"),
)
STEREO = CallerLine(legs=("customer", "agent"), rate_hz=8000)
LEFT, RIGHT = np.random.default_rng(1).integers(-9_000, 9_000, (2, 1600)).astype(np.int16)


class Client:
    """A client by hand."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws, self.words = ws, Words()

    async def say(self, message_type: str, parameters: object = None, **changes: object) -> None:
        """Sends the next message."""
        await self.ws.send(self.words.message(message_type, parameters, **changes))

    async def hears(self, message_type: str) -> Json:
        """The next message of the server, which is of that type."""
        message: Json = json.loads(await self.ws.recv())
        assert message["type"] == message_type, message
        self.words.serverseq = message["seq"]
        return message

    async def closes(self, reason: str = "end") -> int:
        """Closes in good order; gives the websocket's close code."""
        await self.say("close", {"reason": reason})
        closed = await self.hears("closed")
        assert closed["clientseq"] == self.words.seq
        return await self.is_closed()

    async def is_closed(self) -> int:
        """Waits for the end of the connection."""
        with pytest.raises(ConnectionClosed) as caught:
            await self.ws.recv()
        return caught.value.rcvd.code if caught.value.rcvd else 1006


@asynccontextmanager
async def client(url: str, **headers: str) -> AsyncIterator[Client]:
    """A connection on which nothing was said yet."""
    async with connect(url, additional_headers=HEADERS | headers) as ws:
        yield Client(ws)


@asynccontextmanager
async def opened(url: str, parameters: Json = OPEN) -> AsyncIterator[Client]:
    """A session that is open."""
    async with client(url) as one:
        await one.say("open", parameters)
        await one.hears("opened")
        yield one


async def held(url: str, call: PlacedCall = CALL, line: CallerLine = STEREO, *, frames: int = 3) -> None:
    """A conversation of the strict caller from its beginning to its end; a pause in the middle of it."""
    caller = AudiohookCaller(call, line)
    channels = (LEFT, RIGHT) if len(line.legs) > 1 else (LEFT,)
    async with connect(url, additional_headers=dict(caller.opening(url).headers)) as ws:

        async def send(messages: object) -> None:
            assert isinstance(messages, list | tuple)
            for message in messages:
                await ws.send(message)

        await send(caller.begin())
        while not caller.may_send:
            await send(caller.receive(await ws.recv()))
        for number in range(frames):
            if number == 1:
                await send(caller.pause())
            at_ms = number * 200
            await send(caller.audio(Frame(number=number, at_ms=at_ms, send_ms=at_ms, channels=channels)))
        await send(caller.update("en-US"))
        await send(caller.end())
        while not caller.is_over:
            await send(caller.receive(await ws.recv()))


async def test_a_strict_client_has_a_conversation_and_every_sample_arrives() -> None:
    async with audiohook_server(LIMITS) as place:
        await held(place.url)
        call = place.sessions.calls[CONVERSATION]
    assert call.leg("customer").tolist() == decode(g711.mulaw(LEFT) * 3, "mulaw").tolist()
    assert call.leg("agent").tolist() == decode(g711.mulaw(RIGHT) * 3, "mulaw").tolist()
    assert (call.end_reason, call.gaps) == ("hangup", [])
    assert (call.info.agent, call.info.customer, call.info.source) == (CALL.agent, CALL.customer, "audiohook")


@pytest.mark.parametrize("legs", [("agent", "customer"), ("customer",), ("agent",)])
async def test_channels_may_be_inverted_or_only_one_and_be_linear(legs: tuple[str, ...]) -> None:
    line = CallerLine(legs=tuple(leg for name in legs for leg in SPEAKERS if leg == name), rate_hz=8000)
    async with audiohook_server(LIMITS) as place:
        await held(place.url, replace(CALL, options={"format": "L16"}), line, frames=1)
        call = place.sessions.calls[CONVERSATION]
    sent = dict(zip(legs, (LEFT, RIGHT), strict=False))
    for leg in SPEAKERS:
        heard = call.leg(leg)
        assert heard.tolist() == sent[leg].tolist() if leg in sent else not heard.any()


async def test_two_sessions_of_one_conversation_may_bring_a_leg_each() -> None:
    def one(channel: str) -> Json:
        return OPEN | {"media": [offer(channel, media_format="L16")]}

    async with audiohook_server(LIMITS) as place, opened(place.url, one("external")) as customer:
        async with opened(place.url, one("internal")) as agent:
            await customer.ws.send(b"\x01\x00" * 800)
            await agent.ws.send(b"\x02\x00" * 800)
            await agent.closes()
        await customer.closes()
    assert list(place.sessions.calls) == [CONVERSATION]
    assert 2 in place.sessions.calls[CONVERSATION].leg("agent")


async def test_a_probe_is_answered_and_no_call_is_made() -> None:
    async with audiohook_server(LIMITS) as place:
        async with opened(place.url, PROBE) as probe:
            await probe.ws.send(b"\xff" * 3200)
            await probe.say("ping")
            await probe.hears("pong")
            assert await probe.closes() == 1000
        assert not place.joins.feeds
        assert [started.is_probe for started in place.asked] == [True]
        caller = AudiohookCaller(replace(CALL, options={"probe": "yes"}), STEREO)
        async with connect(place.url, additional_headers=dict(caller.opening(place.url).headers)) as ws:
            await ws.send(caller.begin()[0])
            while not caller.is_over:
                for reply in caller.receive(await ws.recv()):
                    await ws.send(reply)
    assert not place.sessions.calls


async def test_a_session_without_audio_is_closed_and_leaves_nothing() -> None:
    async with audiohook_server(LIMITS) as place, opened(place.url) as session:
        await session.say("discarded", {"start": "PT6.3S", "discarded": "PT0.3S"})
        await session.say("error", {"code": 400, "message": "tough stuff"})
        assert await session.closes() == 1000
    assert not place.sessions.calls


async def test_closed_does_not_wait_for_a_recognizer_that_is_too_slow() -> None:
    async with audiohook_server(replace(LIMITS, closed_within_s=0.01)) as place:
        place.sessions.listening.clear()
        async with opened(place.url) as session:
            await session.ws.send(b"\xff" * 3200)
            await session.closes()
        place.sessions.listening.set()
        call = await place.sessions.call(CONVERSATION)
        await call.over.wait()
    assert len(call.leg("agent")) == 1600


async def test_a_hold_lasts_as_long_as_the_client_pings_and_no_longer() -> None:
    async with audiohook_server(replace(LIMITS, tick_s=0.01)) as place, opened(place.url) as session:
        await session.ws.send(b"\xff" * 3200)
        call = await place.sessions.call(CONVERSATION)
        await session.say("paused")
        for _ in range(20):  # ten minutes
            place.clock.now_s += 29.0
            await session.say("ping")
            await session.hears("pong")
        assert call.end_reason is None
        place.clock.now_s += 31.0
        message = await session.hears("disconnect")
        assert "not even a ping" in message["parameters"]["info"]


async def test_a_server_that_stops_asks_to_connect_again_and_says_goodbye(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with audiohook_server(LIMITS) as place, opened(place.url) as session:
        await session.ws.send(b"\xff" * 3200)
        call = await place.sessions.call(CONVERSATION)
        place.joins.stopping.set()
        await session.hears("reconnect")
        await session.hears("disconnect")
        await session.closes("disconnect")
        await call.over.wait()
    assert call.end_reason == "shutdown"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# ---- wrong sessions ---------------------------------------------------------------------------------------


async def test_a_wrong_number_is_told_and_the_client_may_say_goodbye() -> None:
    async with audiohook_server(LIMITS) as place, opened(place.url) as session:
        await session.say("ping", seq=7)
        message = await session.hears("disconnect")
        assert message["parameters"]["reason"] == "error"
        assert await session.closes("disconnect") == 1000


async def test_who_does_not_say_goodbye_is_closed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.ingest.audiohook.dialect.CLOSE_WITHIN_S", 0.01)
    async with audiohook_server(LIMITS) as place, opened(place.url) as session:
        await session.ws.send("{")
        await session.hears("disconnect")
        assert await session.is_closed() == 1000


async def test_many_that_are_refused_at_once_are_not_waited_for() -> None:
    async with (
        audiohook_server(replace(LIMITS, leaving=0), only_key="va_1") as place,
        client(place.url) as session,
    ):
        await session.say("open", OPEN)
        await session.hears("disconnect")
        assert await session.is_closed() == 1000


async def test_audio_before_open_is_told() -> None:
    async with audiohook_server(LIMITS) as place, client(place.url) as session:
        await session.ws.send(b"\xff" * 320)
        message = await session.hears("disconnect")
        assert "preparing" in message["parameters"]["info"]


async def test_an_unknown_language_is_told() -> None:
    async with audiohook_server(LIMITS) as place, client(place.url) as session:
        await session.say("open", OPEN | {"language": "fr-FR"})
        message = await session.hears("disconnect")
        assert "en, es-mx" in message["parameters"]["info"]
        await session.closes("disconnect")


async def test_a_connection_that_says_nothing_is_told_so() -> None:
    async with audiohook_server(replace(LIMITS, start_within_s=0.01)) as place, client(place.url) as session:
        message = await session.hears("disconnect")
        assert (message["id"], message["seq"], message["parameters"]["reason"]) == (SESSION, 1, "error")


# ---- who may ----------------------------------------------------------------------------------------------


@pytest.fixture
def _no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.ingest.audiohook.dialect.REFUSED_AFTER_S", 0.0)


def signing(**options: str) -> PlacedCall:
    return replace(CALL, options={"api_key": "key", "client_secret": SECRET} | options)


@pytest.mark.usefixtures("_no_delay")
async def test_only_who_signs_with_the_secret_gets_in() -> None:
    async with audiohook_server(LIMITS, client_secrets={"key": SECRET}, only_key="") as place:
        await held(place.url, signing(), frames=1)
        assert [started.signed_by for started in place.asked] == ["audiohook key"]
        for options in ({"client_secret": b64encode(b"other").decode()}, {"api_key": "other"}):
            with pytest.raises(CallerError, match="unauthorized"):
                await held(place.url, replace(signing(**options), call_id="c-2"), frames=1)
        with pytest.raises(CallerError, match="not signed"):
            await held(place.url, replace(CALL, options={"api_key": "key"}), frames=1)
    assert list(place.sessions.calls) == [CONVERSATION]


@pytest.mark.usefixtures("_no_delay")
async def test_a_replayed_request_does_not_get_in() -> None:
    async with audiohook_server(LIMITS, client_secrets={"key": SECRET}) as place:
        headers = dict(AudiohookCaller(signing(), STEREO).opening(place.url).headers)
        said = OPEN | {"organizationId": headers["Audiohook-Organization-Id"]}
        for answer in ("opened", "disconnect"):
            async with client(place.url, **headers) as session:
                await session.say("open", said, id=headers["Audiohook-Session-Id"])
                message = await session.hears(answer)
    assert "nonce was used before" in message["parameters"]["info"]


@pytest.mark.usefixtures("_no_delay")
@pytest.mark.parametrize("parameters", [OPEN, PROBE])
async def test_a_key_of_ours_opens_and_tries_and_no_other(parameters: Json) -> None:
    async with audiohook_server(LIMITS, only_key="va_1") as place:
        for key, answer in (("va_1", "opened"), ("va_2", "disconnect"), ("key", "disconnect")):
            async with client(place.url, **{"X-API-KEY": key}) as session:
                await session.say("open", parameters)
                message = await session.hears(answer)
    assert message["parameters"]["reason"] == "unauthorized"


# ---- transcripts ------------------------------------------------------------------------------------------


def final(text: str, utterance: int = 1) -> Final:
    words = (Word(text=text, start_ms=0, end_ms=100, confidence=0.9),)
    return Final(
        at_ms=100,
        speaker="customer",
        utterance=utterance,
        text=text,
        words=words,
        start_ms=0,
        end_ms=100,
        confidence=0.9,
    )


async def test_what_is_recognised_goes_back_while_the_call_runs_and_before_closed() -> None:
    async with audiohook_server(LIMITS, transcripts=True) as place:
        place.sessions.last_words.append(final("bye", 2))
        async with opened(place.url) as session:
            await session.ws.send(b"\xff" * 3200)
            await place.sessions.call(CONVERSATION)
            place.sessions.publish(CONVERSATION, final("hello"))
            event = await session.hears("event")
            await session.say("close", {"reason": "end"})
            last = await session.hears("event")
            closed = await session.hears("closed")
    texts = [
        one["parameters"]["entities"][0]["data"]["alternatives"][0]["interpretations"][0]["transcript"]
        for one in (event, last)
    ]
    assert texts == ["hello", "bye"]
    assert [one["seq"] for one in (event, last, closed)] == [2, 3, 4]
