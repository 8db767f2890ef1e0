"""A supervisor listens in, in Chromium: each leg on its side, the agent is told, it ends with the call."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from websockets.sync.client import connect

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import opened, see
from tests.e2e.server import Server
from tests.fakes.stream_client import START
from tests.plain_http import NO_TLS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

RATE_HZ, PACKET = 8_000, 160
AGENT_HZ, CUSTOMER_HZ = 400, 1_200
APART_DB = 8  # Opus codes both sides together: pure tones leak a little

# The page's own peer connections, so that a test can hear what they bring.
KEEP_PEERS = """
const Peer = window.RTCPeerConnection;
window.peers = [];
window.RTCPeerConnection = class extends Peer {
  constructor(...given) { super(...given); window.peers.push(this); }
};
"""
# How strong each tone is on each side, in decibels; null until something is heard.
HEAR = """
async ([low, high]) => {
  const peer = window.peers.at(-1);
  const track = peer?.getReceivers()[0]?.track;
  if (!track) return null;
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const splitter = context.createChannelSplitter(2);
  source.connect(splitter);
  const sides = [0, 1].map((side) => {
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    splitter.connect(analyser, side);
    return analyser;
  });
  await new Promise((done) => setTimeout(done, 700));
  const heard = sides.map((analyser) => {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = (hz) => Math.round((hz / 48000) * 8192);
    const at = (hz) => Math.max(...levels.slice(bin(hz) - 3, bin(hz) + 4));
    return [at(low), at(high)];
  });
  await context.close();
  return heard;
}
"""


@contextmanager
def talking(server: Server, call_id: str, **changes: Any) -> Iterator[Event]:
    """A call with a tone on each side, in real time, for as long as the block runs; set the event to hang up."""
    over = Event()

    def speak() -> None:
        with connect(f"{server.url.replace('http', 'ws')}/ingest/stream") as line:
            line.send(json.dumps(START | {"call_id": call_id, "rate_hz": RATE_HZ} | changes))
            line.recv()
            began_s, sent = monotonic(), 0
            while not over.wait(max(0.0, began_s + sent / RATE_HZ - monotonic())):
                at = (np.arange(PACKET) + sent) / RATE_HZ
                legs = [8_000 * np.sin(2 * np.pi * hz * at) for hz in (AGENT_HZ, CUSTOMER_HZ)]
                line.send(np.stack(legs, axis=1).astype("<i2").tobytes())
                sent += PACKET
            line.send(json.dumps({"type": "stop"}))
            line.recv()

    thread = Thread(target=speak)
    thread.start()
    try:
        yield over
    finally:
        over.set()
        thread.join()


def phase(page: Page, wanted: str) -> None:
    expect(page.get_by_test_id("listen-bar")).to_have_attribute("data-phase", wanted, timeout=20_000)


def heard(page: Page) -> list[list[float]]:
    """By side, then by tone: decibels."""
    for _ in range(10):
        levels: list[list[float]] | None = page.evaluate(HEAR, [AGENT_HZ, CUSTOMER_HZ])
        if levels and max(levels[0]) > -60:
            return levels
    pytest.fail("nothing is heard")


def test_supervisor_hears_the_agent_on_the_left_and_the_agent_is_told(
    window: BrowserContext, scripted_server: Server
) -> None:
    window.add_init_script(KEEP_PEERS)
    with talking(scripted_server, "heard") as over:
        agent, wall = opened(window, "/agent?call=heard"), opened(window, "/supervisor?call=heard")
        see(wall.get_by_test_id("listen-hint"), "The agent is told", "card numbers")
        place = agent.get_by_test_id("customer-name").bounding_box()
        wall.keyboard.press("l")
        phase(wall, "live")
        see(wall.get_by_test_id("listen-state"), "s behind")
        (agent_left, customer_left), (agent_right, customer_right) = heard(wall)
        assert agent_left > customer_left + APART_DB
        assert customer_right > agent_right + APART_DB
        see(agent.get_by_test_id("listeners"), "Listening in")
        assert agent.get_by_test_id("customer-name").bounding_box() == place
        see(wall.get_by_test_id("row-listeners"), "listened to")
        expect(wall.get_by_test_id("meter-agent")).not_to_have_attribute("data-level", "0.00")
        wall.get_by_test_id("listen-legs").select_option("customer")
        phase(wall, "live")
        assert found_by_axe(wall) == []
        over.set()
        phase(wall, "ended")
    see(wall.get_by_test_id("listen-state"), "Ended with the call.")
    expect(wall.get_by_test_id("row-listeners")).to_have_count(0)
    review = opened(window, "/review/heard")
    see(review.get_by_test_id("note-listening").first, "listens in to both sides")


def test_listening_ends_when_the_call_is_closed(window: BrowserContext, scripted_server: Server) -> None:
    with talking(scripted_server, "closed"):
        wall = opened(window, "/supervisor?call=closed")
        wall.get_by_test_id("listen-toggle").click()
        phase(wall, "live")
        see(wall.get_by_test_id("row-listeners"))
        wall.get_by_test_id("close-call").click()
        expect(wall.get_by_test_id("row-listeners")).to_have_count(0)


def test_connection_that_is_lost_is_made_anew_by_itself(window: BrowserContext, scripted_server: Server) -> None:
    with talking(scripted_server, "again"):
        wall = opened(window, "/supervisor?call=again")
        with wall.expect_response("**/whep?*") as first:
            wall.get_by_test_id("listen-toggle").click()
        phase(wall, "live")
        with wall.expect_response("**/whep?*") as second:  # whoever ends it is not the page
            session = first.value.headers["location"]
            assert httpx.delete(scripted_server.url + session, verify=NO_TLS).status_code == 200
        assert second.value.status == 201
        phase(wall, "live")
