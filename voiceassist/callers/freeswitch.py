"""FreeSWITCH as a caller: mod_audio_fork and mod_audio_stream, one connection with L16 of one or two channels.

Written from mod_audio_fork's audio_pipe.cpp and lws_glue.cpp, and mod_audio_stream's audio_streamer_glue.cpp.
Next: `run.py` sends it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall
from voiceassist.callers.parameters import call_parameters
from voiceassist.events import Speaker

MODULES: Final = ("audio_fork", "audio_stream")
PLACES: Final = ("address", "metadata")
MIXES: Final = ("mono", "mixed", "stereo")
PACKETS: Final = ("1", "2", "5")
RATES_HZ: Final = (8_000, 16_000)
OPTIONS: Final[Mapping[str, str]] = {
    "module": f"{' or '.join(MODULES)}; default: {MODULES[0]}",
    "facts": f"{' or '.join(PLACES)}: where call, rate and mix are named; default: address",
    "packets": f"of 20 ms in a message, {', '.join(PACKETS)}; default: 1",
    "announce": "mono, mixed or stereo: what is said of the mix; another than is sent shows what comes of it",
}


class FreeswitchCaller:
    """One connection."""

    def __init__(self, call: PlacedCall, line: CallerLine) -> None:
        self._call, self._line = call, line
        self._module = _one_of(call.options, "module", MODULES)
        self._facts = _one_of(call.options, "facts", PLACES)
        self._packets = int(_one_of(call.options, "packets", PACKETS))
        own_mix = "stereo" if len(line.legs) > 1 else "mono"
        self._mix = _one_of(call.options, "announce", (own_mix, *MIXES))
        self._waiting: list[bytes] = []  # packets of the message that is being filled
        self._told: list[str] = []
        self._is_over = False

    @property
    def may_send(self) -> bool:
        """At once: neither module waits for an answer."""
        return True

    @property
    def is_over(self) -> bool:
        """When the stream was stopped: the module closes and waits for nothing."""
        return self._is_over

    def opening(self, url: str) -> Opening:  # noqa: ARG002 - nothing is signed
        """mod_audio_fork advertises its subprotocol; headers are STREAM_EXTRA_HEADERS, or Basic."""
        fork = self._module == MODULES[0]
        return Opening(
            query=self._said() if self._facts == "address" else {},
            subprotocols=("audio.drachtio.org",) if fork else (),
        )

    def begin(self) -> Sequence[Message]:
        """Metadata, if the command had some."""
        return [json.dumps(self._said())] if self._facts == "metadata" else []

    def audio(self, frame: Frame) -> Sequence[Message]:
        """A packet; messages have as many as the buffer holds."""
        self._waiting.append(np.stack(frame.channels, axis=1).astype("<i2").tobytes())
        return self._flushed() if len(self._waiting) >= self._packets else []

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:  # noqa: ARG002 - no words for it
        """A digit is nothing that a media bug sees."""
        return ()

    def pause(self) -> Sequence[Message]:
        """`pause` throws away what waits, and says nothing."""
        self._waiting.clear()
        return ()

    def resume(self) -> Sequence[Message]:
        """Says nothing."""
        return ()

    def end(self) -> Sequence[Message]:
        """`stop`: what waits, and a close with 1000."""
        self._is_over = True
        return self._flushed()

    def receive(self, message: Message) -> Sequence[Message]:
        """Text becomes an event in FreeSWITCH; nothing is answered."""
        if isinstance(message, bytes):
            raise CallerError("the server sent audio; somebody who only listens sends none")
        said = json.loads(message)
        if said.get("type") != "error":
            raise CallerError(f"the server said {message[:80]!r}, which mod_audio_fork does not know")
        self._told.append(f"{said['data'].get('code')}: {said['data'].get('message')}")
        return ()

    def told(self) -> Sequence[str]:
        """What would be an event in FreeSWITCH."""
        told, self._told = self._told, []
        return told

    def _flushed(self) -> list[Message]:
        message = b"".join(self._waiting)
        self._waiting.clear()
        return [message] if message else []

    def _said(self) -> dict[str, str]:
        line = self._line
        legs = {"legs": ",".join(line.legs)} if len(line.legs) > 1 else {"leg": line.legs[0]}
        return call_parameters(self._call) | legs | {"rate": f"{line.rate_hz // 1000}k", "mix": self._mix}


def _one_of(options: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    chosen = options.get(name, known[0])
    if chosen not in known:
        raise CallerError(f"{name}={chosen}: it is {', '.join(dict.fromkeys(known))}")
    return chosen
