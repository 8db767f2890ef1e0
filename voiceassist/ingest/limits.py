"""What a peer may do, and how long it may do nothing: every number of the ingest room.

Never enforces anything itself: the modules beside it do.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLimits:
    """Sizes and patience; tests use shorter ones."""

    start_bytes: int = 32_768  # a message before the call has started; the longest start message has 15,000
    message_bytes: int = 1 << 20  # two minutes of one G.711 leg: nobody who streams needs more at once
    start_within_s: float = 10.0  # from connecting to the start message, or to the first WebRTC packet
    send_within_s: float = 10.0  # for a peer to take what we say; whoever does not read for so long is gone
    closed_within_s: float = (
        8.0  # for the rest of a call to be recognised whose peer gives up after 10 s (AudioHook)
    )
    leaving: int = 200  # connections that are still read after a refusal; more of them are closed at once
    waiting_publishers: int = 200  # connected, but without audio yet; then new ones are refused
    silent_after_s: float = 3.0  # without audio for longer: the peer is silent, or its network has stalled
    late_within_s: float = 30.0  # so late audio may come after a stall; silence takes the place of older
    audio_within_s: float = 60.0  # for the first audio of a connection: it holds a waiting place
    idle_after_s: float = 7200.0  # without audio for longer: a connection is over, though it stays open
    idle_told_s: float = 60.0  # so long before, its peer and the call's page are told
    line_grace_s: float = 20.0  # for the line of a leg to come back that broke off
    dead_after_s: float = 5.0  # without a packet for longer: a WebRTC peer's line is lost (aiortc needs 32 s)
    queue_s: float = 30.0  # audio of a WebRTC peer that may wait for the recognizer; then the oldest is dropped
    backlog_s: float = 300.0  # the same of a stream; then its socket is not read
    # The same of both, by what it costs: 5 minutes of both legs at 8 kHz, a good 50 s of them at 48 kHz...
    queue_bytes: int = 10 << 20
    queue_pieces: int = 32_768  # ...and 5 minutes of both legs in messages of 20 ms; 8 MB beside the samples
    tick_s: float = 0.25  # how often the clock looks for silence
    rate_window_s: float = 5.0  # how long arrival is measured before a rate is doubted
