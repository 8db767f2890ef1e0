"""The caller of our own protocol, `/ingest/stream`: a start message, interleaved samples, `stop`.

Next: `run.py` sends it; `voiceassist send` and the demo use it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.callers import g711
from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall, as_object
from voiceassist.events import Speaker

ENCODERS: Final[Mapping[str, Callable[[Pcm], bytes]]] = {
    "s16le": lambda pcm: pcm.astype("<i2").tobytes(),
    "mulaw": g711.mulaw,
    "alaw": g711.alaw,
}
OPTIONS: Final[Mapping[str, str]] = {"encoding": f"one of {', '.join(ENCODERS)}; default: s16le"}


class StreamCaller:
    """One connection."""

    def __init__(self, call: PlacedCall, line: CallerLine) -> None:
        encoding = call.options.get("encoding", "s16le")
        if encoding not in ENCODERS:
            raise CallerError(f"encoding={encoding}: the stream protocol knows {', '.join(ENCODERS)}")
        self._call, self._line, self._encoding = call, line, encoding
        self._told: list[str] = []
        self._is_started = self._is_over = False

    @property
    def may_send(self) -> bool:
        """Once the server has said `started`."""
        return self._is_started

    @property
    def is_over(self) -> bool:
        """Once the server has said `stopped`: all of the call is stored."""
        return self._is_over

    def opening(self, url: str) -> Opening:  # noqa: ARG002 - nothing is signed
        """A plain request."""
        return Opening()

    def begin(self) -> Sequence[Message]:
        """The start message."""
        return [json.dumps(self._start())]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """The channels take turns."""
        return [ENCODERS[self._encoding](np.stack(frame.channels, axis=1).reshape(-1))]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:
        """A key."""
        return [json.dumps({"type": "dtmf", "leg": speaker, "key": key})]

    def pause(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def resume(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def end(self) -> Sequence[Message]:
        """The server answers `stopped` when it has stored the call."""
        return [json.dumps({"type": "stop"})]

    def receive(self, message: Message) -> Sequence[Message]:
        """Answers nothing."""
        said = as_object(message)
        match said.get("type"):
            case "started":
                self._is_started = True
                if said.get("continues"):
                    self._told.append(f"goes on with {said['continues']} as {said['call_id']}")
            case "warning":
                self._told.append(f"{said.get('code')}: {said.get('message')}")
            case "stopped":
                self._is_over = True
            case kind:
                raise CallerError(f"the server said {said.get('code', kind)}: {said.get('message', '')}")
        return ()

    def told(self) -> Sequence[str]:
        """Its warnings."""
        told, self._told = self._told, []
        return told

    def _start(self) -> dict[str, Any]:
        call = self._call
        start = {
            "type": "start",
            "version": 1,
            "call_id": call.call_id,
            "agent": {"id": call.agent.id, "name": call.agent.name, "team": call.agent.team},
            "customer": {"id": call.customer.id, "name": call.customer.name, "tier": call.customer.tier},
            "legs": list(self._line.legs),
            "encoding": self._encoding,
            "rate_hz": self._line.rate_hz,
        }
        return start | ({"language": call.language} if call.language else {})
