"""Clips: what is cut out of a recording and of the words, who may open one, until when, and who is told."""

import io
import wave
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
import pytest_asyncio
import webvtt as webvtt_library
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.builders import conversation, drive, final, hangup, live_call, records, started
from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.recording_keys import FIRST, keys
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.core.screen.clipped_call import clipped
from voiceassist.core.screen.state import replay
from voiceassist.errors import RecordingError
from voiceassist.store.audit import AuditFilter
from voiceassist.store.clip_audio import LONGEST_MS, as_ogg, as_wav, cut_audio
from voiceassist.store.encrypted_recording import open_audio
from voiceassist.store.erasure import RemovedRecordings
from voiceassist.store.recordings import open_recording
from voiceassist.store.schema import clips
from voiceassist.store.wav import RATE_HZ

SAMPLE = 8_000  # of the recording
TONE_MS, MASKED_MS = (5_000, 7_000), (6_000, 6_500)
DAY_US = 86_400_000_000


def tone_between(path: Path, seconds: int, **keys: Any) -> Path:
    """A recording with a tone of the agent's from 5 s to 7 s, of which half a second was masked."""
    pcm = np.zeros(seconds * SAMPLE, np.int16)
    span = slice(TONE_MS[0] * 8, TONE_MS[1] * 8)
    pcm[span] = (np.sin(np.arange(pcm[span].size) * 0.5) * 12_000).astype(np.int16)
    recording = open_recording(path, SAMPLE, **keys)
    for at in range(0, len(pcm), SAMPLE):
        recording.write(pcm[at : at + SAMPLE], np.zeros(SAMPLE, np.int16))
    recording.silence(*MASKED_MS)
    recording.close()
    return path


def loudness(samples: Any, start_ms: int, end_ms: int) -> float:
    part = samples[:, start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000].astype(float)
    return float(np.sqrt((part**2).mean(axis=1))[0])


# ---- audio ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secrets", [(), (FIRST,)])
def test_a_stretch_has_its_own_sound_and_what_was_masked_is_silent_in_it(
    tmp_path: Path, secrets: tuple[str, ...]
) -> None:
    path = tone_between(tmp_path / "c.ogg", 60, keys=keys(*secrets))
    samples = cut_audio(open_audio(path, keys(*secrets)), "c", 4_000, 8_000)
    assert samples.shape == (2, 4 * RATE_HZ)
    assert loudness(samples, 0, 900) < 10
    assert loudness(samples, 1_100, 1_950) > 5_000
    assert loudness(samples, 2_050, 2_450) < 10  # masked
    assert loudness(samples, 2_600, 2_950) > 5_000
    assert loudness(samples, 3_100, 4_000) < 10
    assert np.abs(samples[1]).max() < 300  # the customer said nothing


def test_a_stretch_beyond_the_recording_is_silent_to_its_end(tmp_path: Path) -> None:
    samples = cut_audio(tone_between(tmp_path / "c.ogg", 8).open("rb"), "c", 6_000, 16_000)
    assert samples.shape == (2, 10 * RATE_HZ)
    assert loudness(samples, 600, 950) > 5_000
    assert not samples[:, 2_100 * RATE_HZ // 1000 :].any()


def test_a_recording_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.ogg").write_bytes(b"no audio")
    with pytest.raises(RecordingError, match="cannot be read as audio"):
        cut_audio((tmp_path / "c.ogg").open("rb"), "c", 0, 1_000)


def test_both_formats_are_opened_by_other_programs(tmp_path: Path) -> None:
    samples = cut_audio(tone_between(tmp_path / "c.ogg", 8).open("rb"), "c", 5_000, 7_000)
    with wave.open(io.BytesIO(as_wav(samples))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE_HZ, 2 * RATE_HZ)
        assert np.array_equal(np.frombuffer(file.readframes(-1), "<i2").reshape(-1, 2).T, samples)
    with av.open(io.BytesIO(as_ogg(samples)), "r") as container:
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")
        heard = sum(frame.samples for frame in container.decode(audio=0)) / 48_000
    assert abs(heard - 2) < 0.1


# ---- words ---------------------------------------------------------------------------------------------------


def test_words_of_a_stretch_are_those_whose_middle_lies_in_it_from_its_beginning_on() -> None:
    state = replay([*records([started(), final("agent", "one two three four", at=1_000), hangup(9_000)])])
    (line,) = clipped(state, 1_300, 1_900).finals
    assert [(word.text, word.start_ms, word.end_ms) for word in line.words] == [
        ("two", 0, 300),
        ("three", 300, 600),
    ]
    assert (line.text, line.start_ms, line.end_ms) == ("two three", 0, 600)
    assert clipped(state, 5_000, 6_000).finals == ()


@given(st.integers(0, 9_000), st.integers(1, 9_000))
def test_nothing_of_a_clip_lies_outside_it(start_ms: int, length_ms: int) -> None:
    said = conversation(("agent", "we can not do that"), ("customer", "I want a refund at once"))
    state = replay([*records([started(), *drive(live_call(), said)])])
    part = clipped(state, start_ms, start_ms + length_ms)
    times = [moment for line in part.finals for word in line.words for moment in (word.start_ms, word.end_ms)]
    assert all(0 <= moment <= length_ms for moment in times)
    assert (part.cues, part.prompts, part.alerts, part.notes) == ((), (), (), ())


# ---- over HTTP -------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Two finished calls of Ada's with encrypted recordings, one that is live, and people."""
    settings = settings_for(tmp_path_factory.mktemp("clips"), recording_keys=(FIRST,))
    async with serving(settings) as running:
        store = running.runtime.store
        words = (final("agent", "we can not do that today", at=5_000), hangup(8_000))
        for call_id in ("c-1", "c-2"):
            await store.append(make.call(call_id, *words))
            tone_between(running.runtime.recording_path(call_id), 8, keys=running.runtime.recorders.keys)
        await store.append(make.call("live", words[0]))
        await add_person(running, "ada", "agent")
        await add_person(running, "ben", "agent")
        await add_person(running, "sue", "supervisor", teams=("*",))
        yield running


in_module = pytest.mark.asyncio(loop_scope="module")


async def share(browser: httpx.AsyncClient, call_id: str = "c-1", **wanted: Any) -> Any:
    answer = await browser.post(f"/api/calls/{call_id}/clips", json={"start_ms": 5_000, "end_ms": 7_000} | wanted)
    return answer.json() if answer.status_code == 201 else (answer.status_code, answer.json()["code"])


async def opened(browser: httpx.AsyncClient, clip: Any) -> Any:
    answer = await browser.get(f"/api/clips/{clip['id']}")
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["code"])


@in_module
async def test_a_clip_is_for_whoever_may_see_the_call_and_for_who_is_named(server: Serving) -> None:
    browsers = [browser_of(server, login) for login in ("ada", "ben", "sue")]
    async with browsers[0] as ada, browsers[1] as ben, browsers[2] as sue:
        clip = await share(sue, title="How to say no")
        view = await opened(ada, clip)
        assert [line["text"] for line in view["lines"]] == ["we can not do that today"]
        assert view["sees_call"] is True
        assert await opened(ben, clip) == (404, "unknown_clip")
        named = await share(sue, people=["Ben", "ben"])
        assert (await opened(ben, named))["sees_call"] is False
        assert (await ben.get("/api/calls/c-1")).status_code == 404
        assert await share(ada, people=["ben"]) == (403, "clip_people")
        assert await share(sue, people=["nobody"]) == (422, "unknown_person")
        assert await share(ben) == (404, "unknown_call")
        assert {one["id"] for one in (await ada.get("/api/calls/c-1/clips")).json()} >= {clip["id"], named["id"]}
        assert (await ben.get("/api/calls/c-1/clips")).status_code == 404


@in_module
async def test_a_revoked_clip_is_opened_by_nobody_until_that_is_taken_back(server: Serving) -> None:
    async with browser_of(server, "sue") as sue, browser_of(server, "ada") as ada:
        clip = await share(sue)
        address = f"/api/clips/{clip['id']}"
        assert (await ada.patch(address, json={"revoked": True})).status_code == 403
        assert (await sue.patch(address, json={"revoked": True})).json()["is_open"] is False
        assert await opened(ada, clip) == await opened(sue, clip) == (410, "clip_revoked")
        assert (await sue.get(f"{address}/file.ogg")).status_code == 410
        assert (await sue.patch(address, json={"revoked": False})).json()["is_open"] is True
        assert "lines" in await opened(ada, clip)
        assert (await sue.patch("/api/clips/none", json={"revoked": True})).status_code == 404


@in_module
async def test_an_expired_clip_is_opened_by_nobody(server: Serving) -> None:
    async with browser_of(server, "ada") as ada:
        clip = await share(ada, days=1)
        past = update(clips).where(clips.c.id == clip["id"]).values(expires_us=clips.c.created_us)
        await server.runtime.store.clips._database.write(lambda connection: connection.execute(past))
        assert await opened(ada, clip) == (410, "clip_expired")


@in_module
@pytest.mark.parametrize(
    ("call_id", "wanted", "refusal"),
    [
        ("c-1", {"start_ms": 7_000, "end_ms": 5_000}, (422, "bad_clip")),
        ("c-1", {"start_ms": 0, "end_ms": LONGEST_MS + 1}, (422, "bad_clip")),
        ("c-1", {"start_ms": 60_000, "end_ms": 61_000}, (422, "bad_clip")),
        ("live", {}, (409, "clip_of_live_call")),
        ("none", {}, (404, "unknown_call")),
        ("c-1", {"days": 0}, (422, "bad_field")),
        ("c-1", {"start_ms": -1}, (422, "bad_field")),
        ("c-1", {"title": "a\u200bb"}, (422, "bad_field")),
    ],
)
async def test_what_is_no_stretch_of_a_finished_call_is_refused(
    server: Serving, call_id: str, wanted: Any, refusal: tuple[int, str]
) -> None:
    async with browser_of(server, "sue") as sue:
        assert await share(sue, call_id, **wanted) == refusal


@in_module
async def test_its_files_hold_the_stretch_alone_and_a_player_can_jump_in_it(server: Serving) -> None:
    async with browser_of(server, "ada") as ada:
        address = f"/api/clips/{(await share(ada))['id']}/file"
        sound = (await ada.get(f"{address}.wav")).content
        with wave.open(io.BytesIO(sound)) as file:
            assert file.getnframes() == 2 * RATE_HZ
        captions = (await ada.get(f"{address}.vtt")).text
        (caption,) = webvtt_library.from_buffer(io.StringIO(captions)).captions
        assert (caption.start, caption.text) == ("00:00:00.000", "we can not do that today")
        packed = (await ada.get(f"{address}.zip")).content
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            assert files.namelist() == ["clip.ogg", "clip.vtt"]
            assert files.read("clip.vtt").decode() == captions
            assert files.read("clip.ogg")[:4] == b"OggS"
        part = await ada.get(f"{address}.wav", headers={"Range": "bytes=44-47"})
        assert (part.status_code, part.content) == (206, sound[44:48])
        assert part.headers["content-range"] == f"bytes 44-47/{len(sound)}"
        beyond = await ada.get(f"{address}.wav", headers={"Range": "bytes=99999999-"})
        assert (beyond.status_code, len(beyond.content)) == (200, len(sound))


@in_module
async def test_the_audit_tells_who_shared_opened_took_and_revoked(server: Serving) -> None:
    async with browser_of(server, "sue") as sue, browser_of(server, "ben") as ben:
        clip = await share(sue, "c-2", people=["ben"])
        await opened(ben, clip)
        await ben.get(f"/api/clips/{clip['id']}/file.ogg")
        await sue.patch(f"/api/clips/{clip['id']}", json={"revoked": True})
        await ben.get(f"/api/clips/{clip['id']}")
    entries = (await server.runtime.store.audit_page(AuditFilter(limit=9, what="clip", call_id="c-2"))).entries
    assert [(one.who, one.what) for one in reversed(entries)] == [
        ("sue", "clip.made"), ("ben", "clip.opened"), ("ben", "clip.taken"), ("sue", "clip.revoked")
    ]  # fmt: skip


@in_module
async def test_a_clip_goes_with_its_call_and_is_silent_about_what_was_deleted(server: Serving) -> None:
    runtime = server.runtime
    async with browser_of(server, "sue") as sue:
        clip = await share(sue, "c-2")
        runtime.recording_path("c-2").unlink()
        assert (await sue.get(f"/api/clips/{clip['id']}/file.ogg")).status_code == 404

        async def nothing(_: Any) -> RemovedRecordings:
            return RemovedRecordings(files=0, bytes=0)

        await runtime.store.erase(["c-2"], nothing, by="root")
        assert await opened(sue, clip) == (404, "unknown_clip")
