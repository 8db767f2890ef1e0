"""WHIP with real WebRTC on the loopback: legs, joins, bad requests, and peers that disappear."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import structlog
from aiortc import RTCCertificate, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from tests.fakes.ingest_server import HeardCall, HeldClock, Sessions, joins_of, whip_app
from tests.fakes.sources import info
from tests.fakes.whip_client import SDP, Tones, loudness_at, offer_of, publishing, rsa_certificate
from tests.shell.serving import SAMPLES, serving, settings_for
from voiceassist.ingest.dialect import Audio, Started
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.whip.listen import JITTER_ATTRIBUTE, Packets
from voiceassist.ingest.whip.sessions import WhipSessions

pytestmark = pytest.mark.realtime

LIMITS = PeerLimits(tick_s=0.02, line_grace_s=0.0)
LOW_HZ, HIGH_HZ = 400.0, 1200.0
LOUD, QUIET = 0.15, 0.01  # the tones have a quarter of full scale
FRAGMENT = "application/trickle-ice-sdpfrag"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The server, what its sessions heard, and a way to talk to it."""

    http: httpx.AsyncClient
    sessions: Sessions
    whip: WhipSessions
    clock: HeldClock

    async def heard(self, call_id: str, enough: Callable[[HeardCall], bool]) -> HeardCall:
        """The call, once enough of it was heard."""
        return await self.sessions.heard(call_id, enough)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with server() as found:
        yield found


@asynccontextmanager
async def server(limits: PeerLimits = LIMITS) -> AsyncIterator[Place]:
    """Its clock stands still: the audio comes in real time, but no pause of the machine is taken for silence."""
    sessions, clock = Sessions(), HeldClock()
    sessions.listening.set()
    async with asyncio.TaskGroup() as tasks:
        whip = WhipSessions(joins=joins_of(sessions, limits, tasks.create_task, clock))
        transport = httpx.ASGITransport(whip_app(whip))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
            yield Place(http=http, sessions=sessions, whip=whip, clock=clock)
        await whip.close()


@dataclass(frozen=True, kw_only=True)
class Sockets:
    """UDP sockets that were opened during a test."""

    opened: list[asyncio.DatagramTransport] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def left_open(self) -> list[asyncio.DatagramTransport]:
        """Those that nobody closed."""
        return [socket for socket in self.opened if not socket.is_closing()]


@pytest.fixture
async def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    """Every UDP socket that is opened from now on."""
    loop, sockets = asyncio.get_running_loop(), Sockets()
    opening = loop.create_datagram_endpoint

    async def remembered(*args: Any, **options: Any) -> Any:
        endpoint = await opening(*args, **options)
        sockets.opened.append(endpoint[0])
        sockets.news.set()
        await asyncio.sleep(0)  # as when another address is opened after this one
        return endpoint

    monkeypatch.setattr(loop, "create_datagram_endpoint", remembered)
    return sockets


def seconds(length: float, *legs: str) -> Callable[[HeardCall], bool]:
    """Whether that much was heard of each leg."""
    return lambda call: all(len(call.leg(leg)) >= length * 48_000 for leg in legs)  # type: ignore[arg-type]


async def test_published_leg_is_heard_and_the_other_one_is_silent(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=customer&customer_name=Eve&tier=gold"):
        await place.heard("c1", seconds(0.6, "customer"))
        place.clock.now_s += 5.0
        call = await place.heard("c1", seconds(0.6, "agent"))
    await call.over.wait()
    assert (call.info.customer.name, call.info.customer.tier, call.info.legs) == (
        "Eve",
        "gold",
        ("agent", "customer"),
    )
    assert loudness_at(LOW_HZ, call.leg("customer")[9600:28_800]) > LOUD
    assert not call.leg("agent").any()
    assert {gap.speaker for gap in call.gaps if gap.cause == "silent"} >= {"agent"}


async def test_stereo_track_is_one_leg_per_channel(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ, HIGH_HZ), "call_id=c1&legs=customer,agent") as publisher:
        call = await place.heard("c1", seconds(0.5, "agent", "customer"))
    assert "stereo=1" in publisher.response.text
    customer, agent = call.leg("customer")[9600:24_000], call.leg("agent")[9600:24_000]
    assert (loudness_at(LOW_HZ, customer) > LOUD, loudness_at(HIGH_HZ, customer) < QUIET) == (True, True)
    assert (loudness_at(HIGH_HZ, agent) > LOUD, loudness_at(LOW_HZ, agent) < QUIET) == (True, True)


async def test_two_publishers_make_one_call_with_both_legs_on_one_clock(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        await place.heard("c1", seconds(0.1, "agent"))
        place.clock.now_s += 0.5
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=customer"):
            call = await place.heard("c1", seconds(0.7, "customer"))
        gap = next(gap for gap in call.gaps if gap.speaker == "customer")
    assert (gap.at_ms, gap.duration_ms, gap.cause) == (0, 500, "silent")
    assert not call.leg("customer")[:24_000].any()
    assert loudness_at(HIGH_HZ, call.leg("customer")[28_800:]) > LOUD
    assert len(place.sessions.calls) == 1


async def test_call_ends_when_its_last_publisher_leaves(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as agent:
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=customer") as customer:
            call = await place.heard("c1", seconds(0.2, "agent", "customer"))
            assert (await place.http.delete(customer.response.headers["location"])).status_code == 200
        assert not call.over.is_set()
        assert (await place.http.delete(agent.response.headers["location"])).status_code == 200
        await call.over.wait()
    assert call.end_reason == "hangup"


async def test_second_publisher_of_a_leg_is_refused_and_the_first_one_hears_nothing_of_it(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        call = await place.heard("c1", seconds(0.2, "agent"))
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=agent") as second:
            assert second.response.status_code == 409
            assert second.response.json()["code"] == "leg_taken"
        before = len(call.leg("agent"))
        await place.heard("c1", lambda call: len(call.leg("agent")) > before + 9600)
    assert loudness_at(HIGH_HZ, call.leg("agent")) < QUIET


@pytest.mark.parametrize(
    ("opened", "joining"),
    [("", "es"), ("", "es-MX"), ("&language=es", "en"), ("&language=es-ES", "en-GB"), ("", "de")],
)
async def test_leg_in_another_language_than_its_call_is_refused_and_the_call_goes_on(
    place: Place, opened: str, joining: str
) -> None:
    async with publishing(place.http, Tones(LOW_HZ), f"call_id=c1&leg=agent{opened}"):
        call = await place.heard("c1", seconds(0.1, "agent"))
        query = f"call_id=c1&leg=customer&language={joining}"
        async with publishing(place.http, Tones(HIGH_HZ), query) as customer:
            assert (customer.response.status_code, customer.response.json()["code"]) == (400, "bad_language")
        before = len(call.leg("agent"))
        await place.heard("c1", lambda call: len(call.leg("agent")) > before)
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=customer") as customer:
            assert customer.response.status_code == 201


@pytest.mark.parametrize(
    ("opened", "joining"),
    [("", ""), ("", "&language=en-GB"), ("&language=es-MX", "&language=ES"), ("&language=es", "")],
)
async def test_leg_that_its_calls_engine_hears_joins(place: Place, opened: str, joining: str) -> None:
    async with (
        publishing(place.http, Tones(LOW_HZ), f"call_id=c1&leg=agent{opened}"),
        publishing(place.http, Tones(HIGH_HZ), f"call_id=c1&leg=customer{joining}") as customer,
    ):
        assert customer.response.status_code == 201


async def test_leg_in_a_language_of_another_engine_is_told_the_language_of_the_call(tmp_path: Path) -> None:
    script = f"scripted:{SAMPLES / 'late-return.json'}"
    settings = settings_for(tmp_path, demo=False, engines={"es": script})
    async with (
        serving(settings) as running,
        publishing(running.http, Tones(LOW_HZ), "call_id=c1&leg=agent&language=es-MX"),
    ):
        async with publishing(running.http, Tones(HIGH_HZ), "call_id=c1&leg=customer&language=en") as customer:
            error = customer.response.json()
        async with publishing(running.http, Tones(HIGH_HZ), "call_id=c1&leg=customer&language=es") as customer:
            assert customer.response.status_code == 201
    assert error["code"] == "bad_language"
    assert "call 'c1' is heard in 'es', so this leg cannot be in 'en'" in error["message"]


async def test_publisher_that_comes_back_after_a_cut_goes_on_in_the_same_call() -> None:
    async with server(replace(LIMITS, line_grace_s=20.0)) as place:
        async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
            await place.heard("c1", seconds(0.2, "agent"))
        call = await place.heard("c1", lambda call: [line.state for line in call.lines] == ["lost"])
        place.clock.now_s += 7.0
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=agent") as again:
            await place.heard("c1", lambda call: [line.state for line in call.lines] == ["lost", "back"])
            await place.http.delete(again.response.headers["location"])
        await call.over.wait()
    assert list(place.sessions.calls) == ["c1"]
    (gap,) = [gap for gap in call.gaps if gap.cause == "line_lost"]
    assert gap.speaker == "agent"
    assert 6_500 < gap.duration_ms <= 7_000  # the clock stood still while the first audio came


async def test_leg_of_a_phone_system_joins_a_microphones_call_at_a_rate_of_its_own(place: Place) -> None:
    started = Started(info=info("c1"), rate_hz=8_000, tracks=(("customer",),))
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        await place.heard("c1", seconds(0.2, "agent"))
        customer = await place.whip.joins.join(started, waits=True, who="key 7")
        for _ in range(50):
            packet = np.full(160, 9_000, np.int16)
            customer.take(Audio(legs=("customer",), channels=[packet]), place.clock())
        call = await place.heard("c1", seconds(0.5, "customer"))
        customer.leave("hangup", place.clock())
    assert len(place.sessions.calls) == 1
    assert int(call.leg("customer").max()) > 8_000
    assert {frame.rate_hz for frame in call.frames} == {48_000}


async def test_leg_that_left_can_be_published_again(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=customer") as first:
            await place.heard("c1", seconds(0.2, "customer"))
            await place.http.delete(first.response.headers["location"])
        async with publishing(place.http, Tones(HIGH_HZ), "call_id=c1&leg=customer") as again:
            assert again.response.status_code == 201


async def test_call_id_that_is_live_elsewhere_is_refused(place: Place) -> None:
    place.sessions.claim("c1")
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as publisher:
        assert (publisher.response.status_code, publisher.response.json()["code"]) == (409, "call_live")
    assert place.whip.sessions == {}


async def test_peer_that_closes_its_connection_has_vanished(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        call = await place.heard("c1", seconds(0.2, "agent"))
    await call.over.wait()
    assert call.end_reason == "vanished"


async def test_peer_that_dies_without_a_word_is_given_up(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as publisher:
        call = await place.heard("c1", seconds(0.2, "agent"))
        publisher.track.running.clear()
        place.clock.step_s = 1.0  # whenever it looks for a packet
        await call.over.wait()
        publisher.track.running.set()
    assert call.end_reason == "vanished"
    assert {gap.cause for gap in call.gaps if gap.speaker == "agent"} == {"silent"}


async def test_peers_that_never_connect_are_given_up_and_make_no_call(sockets: Sockets) -> None:
    count = 20
    async with server() as place:
        sdp = await offer(Tones(LOW_HZ))
        queries = [f"/whip?call_id=c{number}&leg=agent" for number in range(count)]
        answers = [await place.http.post(query, content=sdp, headers=SDP) for query in queries]
        assert (place.whip.joins.waiting, len(place.whip.joins.feeds)) == (count, count)
        sessions = tuple(place.whip.sessions.values())
        place.clock.now_s += LIMITS.start_within_s
        await asyncio.gather(*(session.gone.wait() for session in sessions))
    assert ({answer.status_code for answer in answers}, place.sessions.calls) == ({201}, {})
    assert (place.whip.sessions, place.whip.joins.feeds, place.sessions.live) == ({}, {}, set())
    assert sockets.left_open() == []


async def test_publish_that_is_given_up_leaves_no_socket_open(place: Place, sockets: Sockets) -> None:
    sdp = await offer(Tones(LOW_HZ))
    sockets.news.clear()
    request = asyncio.create_task(place.http.post("/whip?leg=agent", content=sdp, headers=SDP))
    await sockets.news.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert sockets.left_open() == []
    assert (place.whip.sessions, place.whip.joins.waiting) == ({}, 0)


async def test_hang_up_that_is_given_up_closes_the_peer_all_the_same(place: Place, sockets: Sockets) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as publisher:
        await place.heard("c1", seconds(0.1, "agent"))
        (session,) = place.whip.sessions.values()
        is_closing = asyncio.Event()
        session.peer.on("signalingstatechange", is_closing.set)
        request = asyncio.create_task(place.http.delete(publisher.response.headers["location"]))
        await is_closing.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await session.gone.wait()
    assert sockets.left_open() == []


async def test_lost_packets_are_made_up_and_told_as_one_stretch(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as publisher:
        transport = publisher.peer.getSenders()[0].transport
        send, counted = transport._send_rtp, iter(range(10_000))

        async def send_some(data: bytes) -> None:
            if next(counted) not in (10, 20, 21):
                await send(data)

        transport._send_rtp = send_some  # type: ignore[method-assign]
        await place.heard("c1", seconds(0.8, "agent"))
        call = await place.sessions.call("c1")
    await call.over.wait()
    (gap,) = [gap for gap in call.gaps if gap.cause == "lost"]
    assert (gap.duration_ms, gap.within_ms) == (60, 240)
    assert min(loudness_at(LOW_HZ, call.leg("agent")[at : at + 960]) for at in range(9600, 36_000, 960)) > LOUD


async def test_peer_with_an_rsa_certificate_is_heard(place: Place) -> None:
    """As GStreamer offers by default: the peer leaves to us who is DTLS client."""
    async with publishing(
        place.http, Tones(LOW_HZ), "call_id=c1&leg=agent", certificate=rsa_certificate()
    ) as publisher:
        await place.heard("c1", seconds(0.2, "agent"))
    assert "a=setup:passive" in publisher.response.text


def with_no_address(offer: str) -> str:
    """As a browser that hides its addresses sends it: names that nobody here can look up, and no more to come."""
    named = re.sub(r"(a=candidate:(?:\S+ ){4})\S+", r"\g<1>0b5c9c6e-1a7c-4d2c-9f1e-8c6f1c7e1a11.local", offer)
    assert ".local" in named
    return named if "a=end-of-candidates" in named else named + "a=end-of-candidates\r\n"


def without_candidates(offer: str) -> str:
    return re.sub(r"a=candidate:.*\r\n", "", offer)


@pytest.mark.parametrize("change", [with_no_address, without_candidates])
async def test_peer_that_names_no_address_is_answered_with_ours_and_finds_us(
    place: Place, change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioice.ice.get_or_create_mdns_protocol", None)  # nothing is looked up
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent", change=change) as publisher:
        await place.heard("c1", seconds(0.2, "agent"))
    assert "a=candidate:" in publisher.response.text


async def test_name_instead_of_an_address_may_be_trickled_and_is_not_looked_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioice.ice.get_or_create_mdns_protocol", None)
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent") as publisher:
        headers = {"Content-Type": FRAGMENT, "If-Match": publisher.response.headers["etag"]}
        fragment = "a=mid:0\r\na=candidate:1 1 UDP 2122 x.local 5000 typ host\r\na=end-of-candidates\r\n"
        location = publisher.response.headers["location"]
        patched = await place.http.patch(location, content=fragment, headers=headers)
        assert patched.status_code == 204
        await place.heard("c1", seconds(0.2, "agent"))


@pytest.mark.parametrize(
    ("certificate", "change", "reason"),
    [
        (
            rsa_certificate,
            lambda sdp: sdp.replace("a=setup:actpass", "a=setup:passive"),
            "alert handshake failure",
        ),
        (None, lambda sdp: re.sub(r"(a=fingerprint:\S+ )\w\w", r"\g<1>00", sdp), "fingerprint"),
    ],
)
async def test_why_a_peer_cannot_be_connected_is_logged(
    place: Place, certificate: Callable[[], RTCCertificate] | None, change: Callable[[str], str], reason: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        async with publishing(
            place.http,
            Tones(LOW_HZ),
            "call_id=c1&leg=agent",
            certificate=certificate() if certificate else None,
            change=change,
        ):
            (session,) = place.whip.sessions.values()
            await session.gone.wait()
    (failed,) = [entry for entry in logs if entry["event"] == "whip_dtls_failed"]
    assert (failed["call_id"], reason in failed["reason"]) == ("c1", True), failed
    assert place.sessions.calls == {}


async def test_candidates_may_come_after_the_offer(place: Place) -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTrack(Tones(LOW_HZ))
    lines = (await offer_of(peer)).splitlines(keepends=True)
    late = [line for line in lines if line.startswith(("a=candidate", "a=end-of-candidates"))]
    early = "".join(line for line in lines if line not in late)
    created = await place.http.post("/whip?call_id=c1&leg=agent", content=early, headers=SDP)
    await peer.setRemoteDescription(RTCSessionDescription(sdp=created.text, type="answer"))
    headers = {"Content-Type": FRAGMENT, "If-Match": created.headers["etag"]}
    fragment = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n" + "".join(late)
    patched = await place.http.patch(created.headers["location"], content=fragment, headers=headers)
    assert (late != [], patched.status_code) == (True, 204)
    await place.heard("c1", seconds(0.2, "agent"))
    await peer.close()


async def test_video_beside_the_audio_is_declined_and_the_audio_is_heard(place: Place) -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="sendonly")
    peer.addTrack(Tones(LOW_HZ))
    created = await place.http.post("/whip?call_id=c1&leg=agent", content=await offer_of(peer), headers=SDP)
    await peer.setRemoteDescription(RTCSessionDescription(sdp=created.text, type="answer"))
    await place.heard("c1", seconds(0.2, "agent"))
    await peer.close()
    assert "a=inactive" in created.text.partition("m=video")[2].partition("m=audio")[0]


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({}, "", 428, "etag_missing"),
        ({"If-Match": '"other"'}, "", 412, "etag_mismatch"),
        ({"If-Match": "*"}, "", 422, "ice_restart"),
        ({"If-Match": "ETAG"}, "a=ice-ufrag:other\r\n", 422, "ice_restart"),
        ({"If-Match": "ETAG"}, "a=candidate:nonsense\r\n", 400, "bad_fragment"),
        ({"If-Match": "ETAG", "Content-Type": "text/plain"}, "", 415, "wrong_content_type"),
    ],
)
async def test_wrong_patch_is_refused(
    place: Place, headers: dict[str, str], body: str, status: int, code: str
) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "leg=agent") as publisher:
        etag, location = (publisher.response.headers[name] for name in ("etag", "location"))
        filled = {name: etag if value == "ETAG" else value for name, value in headers.items()}
        response = await place.http.patch(location, content=body, headers={"Content-Type": FRAGMENT} | filled)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def offer(track: Tones | None) -> str:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if track:
        peer.addTrack(track)
    else:
        peer.createDataChannel("no audio")
    sdp = await offer_of(peer)
    await peer.close()
    return sdp


@pytest.mark.parametrize(
    ("query", "change", "code"),
    [
        ("leg=agent", lambda _: "v=0\r\nm=nonsense\r\n", "bad_sdp"),
        ("leg=agent", lambda _: "", "no_audio"),
        ("leg=agent", lambda sdp: sdp + sdp[sdp.index("m=audio") :].replace("a=mid:0", "a=mid:1"), "no_audio"),
        ("leg=agent", lambda sdp: sdp.replace("a=sendrecv", "a=recvonly"), "no_audio"),
        ("leg=agent", lambda sdp: sdp.replace("opus/48000/2", "iLBC/8000"), "no_opus"),
        ("leg=agent", lambda sdp: sdp.replace("a=ice-ufrag", "a=x-ufrag"), "bad_sdp"),
        ("leg=agent", lambda sdp: sdp.replace("a=setup", "a=x-setup"), "bad_sdp"),
        ("leg=agent", lambda sdp: sdp.replace("a=group:BUNDLE ", "a=group:BUNDLE x "), "bad_sdp"),
        ("", lambda sdp: sdp, "bad_legs"),
        ("leg=agent&legs=agent,customer", lambda sdp: sdp, "bad_legs"),
        ("leg=caller", lambda sdp: sdp, "bad_field"),
        ("leg=agent&call_id=../x", lambda sdp: sdp, "bad_field"),
        ("leg=agent&agent=Ana", lambda sdp: sdp, "bad_field"),
    ],
)
async def test_wrong_offer_is_refused_and_leaves_nothing_behind(
    place: Place, query: str, change: Callable[[str], str], code: str
) -> None:
    sdp = change(await offer(Tones(LOW_HZ)))
    response = await place.http.post(f"/whip?{query}", content=sdp, headers=SDP)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert (place.whip.sessions, place.whip.joins.feeds, place.sessions.live) == ({}, {}, set())


async def test_offer_without_audio_is_refused(place: Place) -> None:
    response = await place.http.post("/whip?leg=agent", content=await offer(None), headers=SDP)
    assert (response.status_code, response.json()["code"]) == (400, "no_audio")


async def test_wrong_content_type_and_size_are_refused(place: Place) -> None:
    wrong = await place.http.post("/whip?leg=agent", content="v=0", headers={"Content-Type": "text/plain"})
    large = await place.http.post("/whip?leg=agent", content=bytes(10_000_000), headers=SDP)
    binary = await place.http.post("/whip?leg=agent", content=b"\xff\xfe", headers=SDP)
    assert [reply.status_code for reply in (wrong, large, binary)] == [415, 413, 400]


async def test_unknown_session_is_not_found(place: Place) -> None:
    assert (await place.http.delete("/whip/none")).status_code == 404
    assert (await place.http.patch("/whip/none")).status_code == 404


async def test_options_say_what_may_be_sent(place: Place) -> None:
    assert (await place.http.options("/whip")).headers["accept-post"] == "application/sdp"
    assert (await place.http.options("/whip/x")).headers["accept-patch"] == FRAGMENT


async def test_server_that_stops_ends_its_calls_as_shutdown(place: Place) -> None:
    async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
        call = await place.heard("c1", seconds(0.1, "agent"))
        await place.whip.close()
        await call.over.wait()
    assert call.end_reason == "shutdown"


async def test_session_that_fails_sends_its_publishers_away() -> None:
    place_of = server()
    with pytest.RaisesGroup(RuntimeError):
        async with place_of as place:
            place.sessions.failure = RuntimeError("engine broke")
            async with publishing(place.http, Tones(LOW_HZ), "call_id=c1&leg=agent"):
                await asyncio.Event().wait()  # until the failure, which ends the block


async def test_packets_go_past_the_jitter_buffer_of_aiortc(place: Place) -> None:
    """Fails when aiortc renames its private attribute: find the new one, or every loss grows to 100 ms again."""
    async with publishing(place.http, Tones(LOW_HZ), "leg=agent"):
        (session,) = place.whip.sessions.values()
        (receiver,) = session.peer.getReceivers()
        assert isinstance(getattr(receiver, JITTER_ATTRIBUTE), Packets)
