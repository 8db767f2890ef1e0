"""Without the consent that is needed nothing is recorded, and where the settings say so nothing is heard."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.shell.serving import RATE_HZ, Serving, calling, hang_up, serving, settings_for, silence, start_message
from voiceassist.actions import Consent
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.config import load_settings
from voiceassist.errors import ConfigError, IngestError
from voiceassist.events import ConsentChanged, Record
from voiceassist.ingest.stream.start import call_info, parse_start
from voiceassist.ingest.whip.request import call_info as whip_info
from voiceassist.ingest.whip.request import parse_publication
from voiceassist.live.consent_gate import ConsentGate
from voiceassist.store.audiofile import read_audio
from voiceassist.store.audit import AuditFilter

LOUD = (10_000 * np.sin(np.arange(RATE_HZ) / 3)).astype("<i2")  # a second


def both(pcm: Pcm) -> bytes:
    return np.stack((pcm, pcm), axis=1).astype("<i2").tobytes()


def frame(arrived_s: float) -> AudioFrame:
    return AudioFrame(speaker="agent", pcm=LOUD[:80], rate_hz=RATE_HZ, arrived_s=arrived_s)


def is_loud(heard: AudioFrame) -> bool:
    assert len(heard.pcm) == 80
    return bool(heard.pcm.any())


def changed(consent: Consent) -> ConsentChanged:
    return ConsentChanged(at_ms=1, consent=consent, by="Ana")


def test_the_phone_system_says_the_consent_and_a_wrong_one_is_refused() -> None:
    assert call_info(parse_start(start_message("one", consent="given"))).consent == "given"
    assert call_info(parse_start(start_message("one"))).consent == "unknown"
    with pytest.raises(IngestError, match="`consent`"):
        parse_start(start_message("one", consent="maybe"))
    assert whip_info(parse_publication({"leg": "agent", "consent": "announced"})).consent == "announced"


def test_audio_of_before_the_consent_is_not_recorded_however_long_it_waited() -> None:
    gate = ConsentGate(need="given", without="help")
    assert not is_loud(gate.recorded(frame(1.0)))
    assert is_loud(gate.heard(frame(1.0)))
    gate.see(changed("given"))
    assert not is_loud(gate.recorded(frame(gate.since_s - 0.1)))
    assert is_loud(gate.recorded(frame(gate.since_s + 0.1)))
    gate.see(changed("refused"))
    assert not is_loud(gate.recorded(frame(gate.since_s + 0.2)))


def test_a_consent_that_came_with_the_call_records_it_from_its_beginning() -> None:
    assert is_loud(ConsentGate(need="announced", consent="announced").recorded(frame(1.0)))
    assert not is_loud(ConsentGate(need="given", consent="announced").recorded(frame(1.0)))
    assert is_loud(ConsentGate(consent="refused").recorded(frame(0.0)))  # none is needed here


def test_under_nothing_the_recognizers_get_silence_too() -> None:
    gate = ConsentGate(need="given", without="nothing")
    assert not is_loud(gate.heard(frame(1.0)))
    gate.see(changed("given"))
    assert is_loud(gate.heard(frame(gate.since_s)))


def test_a_wrong_policy_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="consent_need"):
        load_settings(environment={}, data_dir=tmp_path, consent_need="sometimes")


async def say(server: Serving, call_id: str, consent: Consent) -> None:
    """The agent says it, and the call knows it."""
    answer = await server.http.post(
        f"/api/calls/{call_id}/actions", json={"type": "set_consent", "consent": consent}
    )
    assert answer.status_code == 202, answer.text


async def speak(server: Serving, call_id: str, phone: Any) -> None:
    """A loud second, until the recorder has all of it."""
    live = server.runtime.live.get(call_id)
    before = live.tap.position_ms if live else 0
    await phone.send(both(LOUD))
    async with asyncio.timeout(20):
        while call_id not in server.runtime.live:  # noqa: ASYNC110 - the first audio makes the call
            await asyncio.sleep(0.01)
        while server.runtime.live[call_id].tap.position_ms < before + 1000:  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)


async def test_nothing_recorded_before_the_agent_says_yes_is_kept(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, consent_need="given")) as server:
        async with calling(server, "one") as phone:
            await speak(server, "one", phone)
            state = (await server.http.get("/api/calls/one")).json()
            assert (state["consent"], state["started"]["consent_need"]) == ("unknown", "given")
            await say(server, "one", "given")
            await speak(server, "one", phone)
            await hang_up(phone)
        left, _right = read_audio(server.runtime.recording_path("one")).channels
        spoken = np.flatnonzero(np.abs(left.astype(int)) > 2000) / 48_000
        assert spoken.min() > 0.9
        assert spoken.max() > 1.5
        page = await server.runtime.store.audit_page(AuditFilter(limit=9, what="consent"))
        assert [(entry.who, entry.detail) for entry in page.entries] == [("Kim", {"consent": "given"})]
        records = await server.runtime.store.records("one")
        assert [one.event.consent for one in records if isinstance(one.event, ConsentChanged)] == ["given"]


@pytest.mark.parametrize("says", [None, "refused"])
async def test_a_call_without_consent_keeps_no_recording(tmp_path: Path, says: Consent | None) -> None:
    async with serving(settings_for(tmp_path, consent_need="announced")) as server:
        async with calling(server, "one", consent="announced" if says else "unknown") as phone:
            await speak(server, "one", phone)
            if says:
                await say(server, "one", says)
            await hang_up(phone)
        assert not server.runtime.recording_path("one").exists()
        assert (await server.http.get("/api/calls/one/recording")).json()["code"] == "no_recording"
        assert (await server.http.get("/api/calls/one")).status_code == 200


async def test_a_finished_call_takes_no_consent_any_more(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        async with calling(server, "one") as phone:
            await speak(server, "one", phone)
            await hang_up(phone)
        refused = await server.http.post(
            "/api/calls/one/actions", json={"type": "set_consent", "consent": "given"}
        )
        assert refused.json()["code"] == "call_over"
        assert server.runtime.recording_path("one").exists()  # nothing needs a consent here


async def test_the_wall_and_the_call_are_told(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "one") as phone:
        await speak(server, "one", phone)
        with server.runtime.hub.watching_wall() as (wall, rows):
            assert [row.consent for row in rows] == ["unknown"]
            await say(server, "one", "given")
            told = [item for item in await wall.take() if isinstance(item, Record)]
            assert any(isinstance(record.event, ConsentChanged) for record in told)
        assert server.runtime.hub.rows["one"].consent == "given"
        await phone.send(silence(0.1))
        await phone.send(json.dumps({"type": "stop"}))
