"""Another WebRTC stack (npm's werift) listens in; what it heard is compared with the recording of the call."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

import build_pages
from tests.shell.serving import RATE_HZ, SAMPLES, Serving, calling, hang_up, serving, settings_for
from voiceassist.audio.pcm import Pcm, deinterleave
from voiceassist.audio.resample import Resampler
from voiceassist.store.audiofile import read_audio
from voiceassist.webrtc.opus import OpusDecoder

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]

SCRIPT = Path(__file__).parents[2] / "web" / "test" / "listener.mjs"
HEARD_S = 3.0
DECODED_HZ = 48_000
PACKET = RATE_HZ // 50


def sounds(seconds: float) -> Pcm:
    """What the agent and the customer of a sample call say, without their pauses: (samples, 2)."""
    said = [_without_pauses(leg) for leg in legs_of(SAMPLES / "late-return.ogg")]
    return np.stack([np.resize(leg, int(seconds * RATE_HZ)) for leg in said], axis=1).astype("<i2")


def _without_pauses(pcm: Pcm) -> Pcm:
    blocks = pcm[: len(pcm) // PACKET * PACKET].reshape(-1, PACKET)
    loud: Pcm = blocks[np.abs(blocks).max(axis=1) > 500].reshape(-1)
    return loud


@asynccontextmanager
async def werift(running: Serving, query: str) -> AsyncIterator[asyncio.subprocess.Process]:
    npm = build_pages.find_npm()
    assert npm, "the tests need Node: make web"
    node = shutil.which("node", path=str(Path(npm[0]).parent)) or "node"
    pipe, url = asyncio.subprocess.PIPE, f"http://127.0.0.1:{running.port}/whep?{query}"
    process = await asyncio.create_subprocess_exec(node, str(SCRIPT), url, stdin=pipe, stdout=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def heard_by(process: asyncio.subprocess.Process, seconds: float) -> tuple[Pcm, Pcm]:
    """Both channels, decoded by libopus, of so many seconds from the first packet on."""
    assert process.stdout
    assert await process.stdout.readline() == b"answered\n"
    decoder = OpusDecoder(2)
    pieces: list[Pcm] = []
    while sum(len(piece) for piece in pieces) < seconds * DECODED_HZ * 2:
        payload = base64.b64decode((await process.stdout.readline()).split()[2])
        pcm = decoder.decode(payload)
        assert pcm is not None
        pieces.append(pcm)
    left, right = deinterleave(np.concatenate(pieces), 2)
    return left, right


def legs_of(file: Path) -> tuple[Pcm, Pcm]:
    """Agent and customer of a recording, at the rate of the call."""
    recorded = read_audio(file)
    agent, customer = (at_call_rate(channel, recorded.rate_hz) for channel in recorded.channels)
    return agent, customer


def at_call_rate(pcm: Pcm, rate_hz: int = DECODED_HZ) -> Pcm:
    resampler = Resampler(rate_hz, RATE_HZ)
    return np.concatenate([resampler.feed(pcm), resampler.finish()])


def likeness(heard: Pcm, whole: Pcm) -> tuple[float, int]:
    """The best correlation of what was heard with any place of the whole, and that place (samples)."""
    size = 1 << (len(heard) + len(whole)).bit_length()
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(heard, size)), size)[
        : len(whole) - len(heard)
    ]
    power = np.concatenate([[0.0], np.cumsum(whole.astype(np.float64) ** 2)])
    energy = (power[len(heard) :] - power[: -len(heard)])[: len(product)]
    scores = product / np.sqrt(np.sum(heard.astype(np.float64) ** 2) * np.maximum(energy, 1.0))
    return float(scores.max()), int(scores.argmax())


async def test_werift_hears_what_is_recorded_with_the_agent_on_the_left(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    both = sounds(30.0)
    async with serving(settings_for(tmp_path)) as running:
        async with calling(running, "c1") as phone:
            began_s = monotonic()

            async def speak() -> None:
                for at in range(0, len(both), PACKET):
                    await asyncio.sleep(began_s + at / RATE_HZ - monotonic())
                    await phone.send(both[at : at + PACKET].tobytes())

            speaking = asyncio.create_task(speak())
            await asyncio.sleep(0.2)
            async with werift(running, "call_id=c1&legs=both") as listener:
                left, right = await heard_by(listener, HEARD_S)
                said_s = monotonic() - began_s
                await listener.communicate(b"")
                assert listener.returncode == 0
            speaking.cancel()
            await hang_up(phone)
        agent, customer = legs_of(running.runtime.recording_path("c1"))
    legs = {"agent": agent, "customer": customer}
    for heard, own, other in ((left, "agent", "customer"), (right, "customer", "agent")):
        # A busy machine leaves a block out here and there: what is between is compared.
        pieces = np.split(at_call_rate(heard)[: int(HEARD_S) * RATE_HZ], int(HEARD_S) * 2)
        (alike, place), piece = max((likeness(piece, legs[own]), at) for at, piece in enumerate(pieces))
        unlike, _ = likeness(pieces[piece], legs[other])
        behind_s = said_s - len(heard) / DECODED_HZ + piece / 2 - place / RATE_HZ
        record_property(f"{own}_behind_ms", round(behind_s * 1000))
        assert alike > 0.8
        assert unlike < alike - 0.3
