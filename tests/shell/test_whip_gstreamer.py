"""Another WebRTC stack publishes by WHIP: GStreamer, which makes an RSA certificate and offers `actpass`."""

import asyncio
import subprocess

import pytest

from tests.fakes.gstreamer_sender import TONE_HZ
from tests.fakes.ingest_server import Sessions, joins_of, serving, whip_app
from tests.fakes.whip_client import RATE_HZ, loudness_at
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.whip.sessions import WhipSessions

PYTHON = "/usr/bin/python3"  # Debian's: GStreamer's bindings come with it
SENDER = "tests.fakes.gstreamer_sender"
NEEDS = "gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst; Gst.init(None)"
NEEDS += "; assert all(map(Gst.ElementFactory.find, ('webrtcbin', 'nicesrc', 'opusenc', 'rtpopuspay')))"


def has_gstreamer() -> bool:
    """Whether the sender can run here."""
    try:
        return (
            subprocess.run([PYTHON, "-c", f"import gi; {NEEDS}"], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False


@pytest.mark.realtime
async def test_gstreamer_is_heard_as_it_offers_by_default() -> None:
    if not await asyncio.to_thread(has_gstreamer):
        pytest.skip("apt-get install python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice")
    sessions = Sessions()
    sessions.listening.set()
    whip = WhipSessions(joins=joins_of(sessions, PeerLimits()))
    async with serving(whip_app(whip)) as address:
        url = f"http://{address}/whip?call_id=c1&leg=agent"
        pipe = asyncio.subprocess.PIPE
        sender = await asyncio.create_subprocess_exec(PYTHON, "-m", SENDER, url, stdin=pipe, stdout=pipe)
        try:
            call = await sessions.heard("c1", lambda call: len(call.leg("agent")) > RATE_HZ // 2)
        finally:
            offer, _ = await sender.communicate(b"")  # closes its input, which ends it
        await whip.close()
    assert b"a=setup:actpass" in offer
    assert loudness_at(TONE_HZ, call.leg("agent")[RATE_HZ // 5 :]) > 0.15  # the tone has a quarter of full scale
