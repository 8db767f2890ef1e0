"""A client of vosk-server as a caller: one channel, an answer for every message of audio, `eof` at the end.

Written from the clients in vosk-server's `websocket/`. Real ones wait for each answer before they send on; this
one sends in time with the recording, as `test_microphone.py` does. Next: `run.py` sends it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall
from voiceassist.callers.parameters import call_parameters
from voiceassist.events import Speaker

PURPOSES: Final = ("call", "words")
OPTIONS: Final[Mapping[str, str]] = {
    "purpose": f"{' or '.join(PURPOSES)}: a leg of a call, or only its words, shown to nobody; default: call",
    "words": "1 or 0: whether texts come with their words; default: 1",
}


class VoskCaller:
    """One connection: one leg."""

    def __init__(self, call: PlacedCall, line: CallerLine) -> None:
        self._call, self._line = call, line
        self._purpose = call.options.get("purpose", PURPOSES[0])
        if self._purpose not in PURPOSES:
            raise CallerError(f"purpose={self._purpose}: it is {' or '.join(PURPOSES)}")
        self._unanswered = 0
        self._has_ended = False
        self._told: list[str] = []

    @property
    def may_send(self) -> bool:
        """At once: a config has no answer."""
        return True

    @property
    def is_over(self) -> bool:
        """When everything was answered, the end included."""
        return self._has_ended and self._unanswered == 0

    def opening(self, url: str) -> Opening:  # noqa: ARG002 - nothing is signed
        """The original has neither a query nor a key."""
        if self._purpose == "words":
            return Opening(query={"language": self._call.language} if self._call.language else {})
        return Opening(query=call_parameters(self._call) | {"leg": self._line.legs[0]})

    def begin(self) -> Sequence[Message]:
        """The config."""
        wanted = {"sample_rate": self._line.rate_hz, "words": int(self._call.options.get("words", "1") != "0")}
        return [json.dumps({"config": wanted})]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """PCM16."""
        self._unanswered += 1
        return [frame.channels[0].astype("<i2").tobytes()]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:  # noqa: ARG002 - no words for it
        """Has no words."""
        return ()

    def pause(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def resume(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def end(self) -> Sequence[Message]:
        """To the letter: vosk-server compares it so."""
        self._unanswered += 1
        self._has_ended = True
        return ['{"eof" : 1}']

    def receive(self, message: Message) -> Sequence[Message]:
        """An answer."""
        said: dict[str, Any] = json.loads(message)
        if "error" in said:
            raise CallerError(f"the server said {said.get('code')}: {said['error']}")
        if not {"partial", "text", "alternatives"} & said.keys():
            raise CallerError(f"the server said {message[:80]!r}, which is no answer of vosk-server's")
        if self._unanswered == 0:
            raise CallerError("the server answered more than it was asked")
        self._unanswered -= 1
        if said.get("text"):
            self._told.append(f"{'/'.join(self._line.legs)}: {said['text']}")
        return ()

    def told(self) -> Sequence[str]:
        """The texts."""
        told, self._told = self._told, []
        return told
