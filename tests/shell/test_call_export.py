"""One call as files: what comes, under which name and policy, for whom, and who is told in the audit."""

import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soundfile
import webvtt as webvtt_library

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.recording_keys import FIRST
from tests.shell.serving import Serving, serving, settings_for
from tests.shell.test_encrypted_recording import recorded
from voiceassist.errors import RecordingError
from voiceassist.exports.page import POLICY
from voiceassist.store.audit import AuditFilter
from voiceassist.store.wav import RATE_HZ, WavCopy

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Ada's call with a recording, which is encrypted, and one without."""
    settings = settings_for(tmp_path_factory.mktemp("export"), recording_keys=(FIRST,))
    async with serving(settings) as running:
        await running.runtime.store.append(make.call("c-1", make.said("I want <b>it</b>"), make.ended()))
        recorded(running.runtime.recording_path("c-1"), 2.5)
        await add_person(running, "ada", "agent")
        await add_person(running, "ben", "agent")
        yield running


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("json", "application/json"),
        ("md", "text/markdown; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("vtt", "text/vtt; charset=utf-8"),
        ("srt", "application/x-subrip; charset=utf-8"),
        ("wav", "audio/wav"),
    ],
)
async def test_every_kind_comes_as_a_file_to_those_who_may_see_the_call(
    server: Serving, kind: str, media_type: str
) -> None:
    async with browser_of(server, "ada") as browser, browser_of(server, "ben") as other:
        answer = await browser.get(f"/api/calls/c-1/export.{kind}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''c-1.{kind}"
        assert (await other.get(f"/api/calls/c-1/export.{kind}")).status_code == 404
        audit = await server.runtime.store.audit_page(AuditFilter(limit=1, what="call.exported"))
        assert [(one.who, one.call_id, one.detail["kind"]) for one in audit.entries] == [("ada", "c-1", kind)]


async def test_what_cannot_be_given_is_told(server: Serving) -> None:
    async with browser_of(server, "ada") as browser:
        assert (await browser.get("/api/calls/none/export.md")).json()["code"] == "unknown_call"
        assert (await browser.get("/api/calls/c-1/export.docx")).status_code == 422
        assert (await browser.get("/api/calls/c-1/export.md?language=xx")).json()["code"] == "bad_field"


async def test_the_page_to_look_at_has_a_policy_of_its_own(server: Serving) -> None:
    async with browser_of(server, "ada") as browser:
        shown = await browser.get("/api/calls/c-1/export.html?show=1&language=es")
        assert shown.headers["content-disposition"].startswith("inline")
        assert shown.headers["content-security-policy"].startswith(POLICY)
        assert "I want &lt;b&gt;it&lt;/b&gt;" in shown.text
        assert "Lo que se dijo" in shown.text


async def test_captions_and_sound_open_elsewhere(server: Serving) -> None:
    async with browser_of(server, "ada") as browser:
        (one,) = webvtt_library.from_buffer(
            io.StringIO((await browser.get("/api/calls/c-1/export.vtt")).text)
        ).captions
        assert one.voice == "Agent"
        body = (await browser.get("/api/calls/c-1/export.wav")).content
        with wave.open(io.BytesIO(body)) as opened:
            assert (opened.getnchannels(), opened.getframerate(), opened.getsampwidth()) == (2, RATE_HZ, 2)
            assert abs(opened.getnframes() / RATE_HZ - 2.5) < 0.1
        samples, rate = soundfile.read(io.BytesIO(body))
        assert (samples.shape[1], rate) == (2, RATE_HZ)
        assert np.abs(samples).max() > 0.01


async def test_a_call_without_a_recording_says_so(server: Serving) -> None:
    server.runtime.recording_path("c-1").rename(server.runtime.recording_path("elsewhere"))
    async with browser_of(server, "ada") as browser:
        assert (await browser.get("/api/calls/c-1/export.wav")).json()["code"] == "no_recording"
    server.runtime.recording_path("elsewhere").rename(server.runtime.recording_path("c-1"))


async def test_what_is_no_sound_is_told_and_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    path.write_bytes(b"OggS but not really" * 100)
    audio = path.open("rb")
    with pytest.raises(RecordingError, match="cannot be read as audio"):
        WavCopy(audio, str(path))
    assert audio.closed
