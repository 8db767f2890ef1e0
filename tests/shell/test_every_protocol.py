"""The same recording over every protocol with a socket: each side is heard as itself, sample by sample.

The recording is what G.711 leaves of speech, so that no protocol may take anything from it. What is recognised
of the same samples is the same however they were cut (`test_call_recognizer.py`). WHIP has Opus and its own tests.
"""

import asyncio
import wave
from pathlib import Path

import numpy as np

from tests.audio.signals import as_pcm, voice
from tests.fakes.ingest_server import HeardCall, HeldClock, Sessions, joins_of, protocol_app, serving
from voiceassist.audio.pcm import Pcm, decode
from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.g711 import mulaw
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.callers.run import place_call
from voiceassist.events import SPEAKERS, Customer, Person
from voiceassist.ingest.limits import PeerLimits

RATE_HZ = 8000
AT_ONCE = Manner(speed=1e9)
OVER_SOCKETS = [name for name, protocol in PROTOCOLS.items() if protocol.make]


def telephone(pcm: Pcm) -> Pcm:
    return decode(mulaw(pcm), "mulaw")


def recording(path: Path, legs: list[Pcm]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.stack(legs, axis=1).astype("<i2").tobytes())
    return path


def without_silence(pcm: Pcm) -> Pcm:
    """A leg that comes on a connection of its own is silent until that is there."""
    sounds = np.flatnonzero(pcm)
    return pcm[sounds[0] : sounds[-1] + 1]


async def placed(address: str, sessions: Sessions, file: Path, protocol: str, number: int) -> HeardCall:
    call = PlacedCall(
        call_id=f"00000000-0000-4000-8000-{number:012d}",  # as AudioHook wants them
        agent=Person(id="7", name="Ana"),
        customer=Customer(id="42", name="Mr Brown", tier="gold"),
    )
    url = f"ws://{address}{PROTOCOLS[protocol].path}"
    await place_call(file, url, call, protocol=protocol, manner=AT_ONCE, rate_hz=RATE_HZ)
    heard = await sessions.call(call.call_id)
    await heard.over.wait()
    return heard


async def test_the_same_recording_gives_the_same_samples_and_no_side_is_taken_for_another(
    tmp_path: Path,
) -> None:
    legs = [telephone(as_pcm(voice(3, seed=seed))) for seed in (1, 2)]
    file = await asyncio.to_thread(recording, tmp_path / "call.wav", legs)
    sessions = Sessions()
    sessions.listening.set()
    app = protocol_app(joins_of(sessions, PeerLimits(tick_s=60), clock=HeldClock()))
    async with serving(app) as address:
        calls = await asyncio.gather(
            *(placed(address, sessions, file, name, number) for number, name in enumerate(OVER_SOCKETS))
        )
    assert [call.info.source for call in calls] == OVER_SOCKETS
    for call in calls:
        for leg, spoken in zip(SPEAKERS, legs, strict=True):
            heard = without_silence(call.leg(leg))
            assert np.array_equal(heard, without_silence(spoken)), (call.info.source, leg)
