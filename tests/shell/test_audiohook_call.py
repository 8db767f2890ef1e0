"""A whole server with the scripted recognizer: an AudioHook call is heard as a stream of the same recording is."""

import wave
from base64 import b64encode
from pathlib import Path

from tests.shell.serving import Serving, serving, settings_for
from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.run import place_call
from voiceassist.core.screen.views import CallState
from voiceassist.events import Customer, Person

CONVERSATION = "090eaa2f-72fa-480a-83e0-8667ff89c0ec"
SECRET = b64encode(b"secret").decode()
AT_ONCE = Manner(speed=1e9)


def recording(path: Path, seconds: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(4 * 8000 * seconds))
    return path


async def placed(server: Serving, file: Path, protocol: str, call_id: str, **options: str) -> list[str]:
    """What a caller is told of a call."""
    call = PlacedCall(
        call_id=call_id,
        agent=Person(id="7", name="Ana"),
        customer=Customer(id="+1555", name="Mr Brown", tier="gold"),
        options=options,
    )
    url = server.socket_url(f"/ingest/{protocol}")
    return (await place_call(file, url, call, protocol=protocol, manner=AT_ONCE)).told


async def state(server: Serving, call_id: str) -> CallState:
    found = await server.runtime.call_state(call_id)
    assert found is not None
    return found


async def test_a_signed_audiohook_call_is_heard_like_a_stream_and_its_words_go_back(tmp_path: Path) -> None:
    file = recording(tmp_path / "call.wav", seconds=12)
    settings = settings_for(tmp_path / "data", audiohook={"client_secrets": {"key": SECRET}, "transcripts": True})
    async with serving(settings) as server:
        told = await placed(server, file, "audiohook", CONVERSATION, api_key="key", client_secret=SECRET)
        await placed(server, file, "stream", "c-1")
        ours, other = await state(server, CONVERSATION), await state(server, "c-1")
    assert (ours.started.source, ours.started.customer.tier, ours.status) == ("audiohook", "gold", "ended")
    heard = [(said.speaker, said.text, said.start_ms) for said in ours.finals]
    assert heard == [(said.speaker, said.text, said.start_ms) for said in other.finals]
    assert [seen.cue.kind for seen in ours.cues] == [seen.cue.kind for seen in other.cues]
    names = {"agent": "internal", "customer": "external"}
    assert sorted(told) == sorted(f"{names[speaker]}: {text}" for speaker, text, _ in heard)
    assert len(told) > 2
