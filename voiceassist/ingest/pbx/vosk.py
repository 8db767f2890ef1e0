"""`WS /ingest/vosk`: the protocol of vosk-server, so that its clients work unchanged.

Never touches a socket or a clock, and never hears anything: whoever does tells it what was recorded of its leg.

    state      config       binary                         {"eof": 1}              other text
    waiting    remembered   → live (Started), one answer   → over, the last one    error
    live       ignored      Audio, one answer              → over, the last one    error
    over       nothing is accepted any more: the socket is being closed

# The protocol, as read in websocket/asr_server.py and its clients

    → {"config": {"sample_rate": 8000, "words": true, "phrase_list": ["yes", "no"], "max_alternatives": 0}}
    → binary: PCM16, little-endian, one channel
    ← {"partial": "i would"}
    → binary
    ← {"result": [{"conf": 1.0, "end": 1.08, "start": 0.84, "word": "one"}], "text": "one"}
    → {"eof": 1}
    ← {"text": ""}, then close 1000

- Everything is optional in `config`, and so is the config: 8 kHz, with words. It has no answer, and after the
  first audio no effect. Every other message has exactly one.
- `phrase_list` makes an engine that can do so prefer these phrases; it hears others as well.
- With `max_alternatives` a text comes as `{"alternatives": [{"confidence": 0.9, "text": "one", "result": []}]}`,
  of which there is always one.
- `?call_id=c-17&leg=agent` makes the audio a leg of that call, with cards and alerts as any. The answers are the
  words that the call shows of that leg, masked as there; they may be of the message before. The last one waits
  until the call is stored, but no longer than 8 s for a call whose other leg goes on. The other names are in
  `parameters.py`.
- Without a `call_id` the words are told to the client and to nobody else.
- What is wrong is told as `{"error": "...", "code": "..."}`, then a close as on `/ingest/stream`.
"""

from contextlib import suppress

from voiceassist.audio.pcm import FrameDecoder
from voiceassist.errors import IngestError
from voiceassist.events import EndReason, Final, Partial, Speaker
from voiceassist.ingest.dialect import Audio, Close, Ended, Finished, News, PeerEvent, Recorded, Refused, Started
from voiceassist.ingest.fields import new_call_id
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.parameters import call_info, parse_parameters
from voiceassist.ingest.pbx.vosk_protocol import Replies, VoskConfig, parse_text
from voiceassist.ingest.socket_close import NORMAL, close_of, end_by_close
from voiceassist.wire import Json, dumps

NO_LEG = "say whose voice it is: add `leg=agent` or `leg=customer` to the address"


class VoskDialect:
    """One connection."""

    def __init__(self, handshake: Handshake, limits: PeerLimits) -> None:
        self._query, self._limits = handshake.query, limits
        self.config = VoskConfig()
        self._replies = Replies()
        self._decoder: FrameDecoder | None = None  # once started
        self.leg: Speaker = "customer"
        self._owed = 0  # answers to messages of audio
        self._to_send: list[str | Close] = []

    @property
    def brings_a_call(self) -> bool:
        """Whether its audio is a leg of a call; otherwise only its words are wanted."""
        with suppress(IngestError):  # it is raised again with the first audio
            return parse_parameters(self._query, {}).call_id is not None
        return False

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What the client said. Raises IngestError."""
        self._check_size(message)
        return self._text(message) if isinstance(message, str) else self._audio(message)

    def tell(self, news: News) -> None:
        """Remembers words for the next answer; has no words for anything but the end."""
        match news:
            case Recorded(event=Partial() | Final() as transcript) if transcript.speaker == self.leg:
                self._replies.hear(transcript)
            case Finished():
                self._answer_last(close_of(news))
            case Refused(error=error):
                self._say({"error": str(error), "code": error.code})
                self._to_send.append(close_of(news))

    def to_send(self) -> list[str | Close]:
        """The answers that are owed, by what was heard until now; given once."""
        self._answer_owed()
        messages, self._to_send = self._to_send, []
        return messages

    def closed(self, code: int) -> EndReason:
        """Many clients close without `eof`."""
        return end_by_close(code)

    def _text(self, text: str) -> list[PeerEvent]:
        said = parse_text(text, self.config)
        if isinstance(said, VoskConfig):
            self.config = said if self._decoder is None else self.config
            return []
        if self._decoder is None:
            self._answer_last(Close(code=NORMAL, reason="there was no audio"))
            return []
        return [Ended(reason="hangup")]

    def _audio(self, data: bytes) -> list[PeerEvent]:
        started: list[PeerEvent] = [] if self._decoder else [self._start()]
        assert self._decoder is not None
        self._owed += 1
        return [*started, Audio(legs=(self.leg,), channels=self._decoder.feed(data))]

    def _start(self) -> Started:
        said = parse_parameters(self._query, {})
        if said.call_id and said.leg is None:
            raise IngestError("bad_legs", NO_LEG)
        self.leg = said.leg or self.leg
        self._decoder = FrameDecoder("s16le", channels=1)
        info = call_info(said, "vosk", new_call_id())
        return Started(info=info, rate_hz=self.config.rate_hz, tracks=((self.leg,),))

    def _check_size(self, message: str | bytes) -> None:
        limit = self._limits.message_bytes if isinstance(message, bytes) else self._limits.start_bytes
        if len(message) > limit:
            raise IngestError("frame_too_large", f"a message of {len(message)} is too large; send at most {limit}")

    def _answer_owed(self) -> None:
        for _ in range(self._owed):
            self._say(self._replies.next(self.config))
        self._owed = 0

    def _answer_last(self, close: Close) -> None:
        self._answer_owed()
        self._say(self._replies.last(self.config))
        self._to_send.append(close)

    def _say(self, message: Json) -> None:
        self._to_send.append(dumps(message))
