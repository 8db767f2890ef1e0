"""Asterisk as a caller: chan_websocket dials with the subprotocol `media`, one connection for each leg.

Written from channels/chan_websocket.c: `_create_event_MEDIA_START`, `_create_event_DTMF_END`, `webchan_write` and
`webchan_hangup`. It hears commands only; as there, an unknown one is a warning in the log and nothing else.
Next: `run.py` sends it.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from voiceassist.audio.pcm import Pcm
from voiceassist.callers import g711
from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall, made_up_id
from voiceassist.callers.parameters import call_parameters
from voiceassist.events import Speaker

CONNECTION: Final = "voiceassist"  # the section of websocket_client.conf
FORMS: Final = ("plain-text", "json")  # `control_message_format` in chan_websocket.conf
PLACES: Final = ("address", "variables")
SLIN: Final[Mapping[int, str]] = {
    8_000: "slin",
    12_000: "slin12",
    16_000: "slin16",
    24_000: "slin24",
    32_000: "slin32",
    44_100: "slin44",
    48_000: "slin48",
}
RATES_HZ: Final = tuple(SLIN)
COMPANDED: Final[Mapping[str, Callable[[Pcm], bytes]]] = {"ulaw": g711.mulaw, "alaw": g711.alaw}
OPTIONS: Final[Mapping[str, str]] = {
    "format": "ulaw, alaw (8 kHz both) or slin; default: ulaw where it fits",
    "control": f"{' or '.join(FORMS)}: how control messages are written; default: plain-text",
    "facts": f"{' or '.join(PLACES)}: where call and leg are named; variables need control=json; default: address",
}


class AsteriskCaller:
    """One connection: one leg."""

    def __init__(self, call: PlacedCall, line: CallerLine) -> None:
        self._call, self._line = call, line
        self._format = _chosen(call.options, line.rate_hz)
        self._control = _one_of(call.options, "control", FORMS)
        self._facts = _one_of(call.options, "facts", PLACES)
        if self._facts == "variables" and self._control != "json":
            raise CallerError("facts=variables: only control=json carries channel variables")
        number = int.from_bytes(made_up_id(call, f"{line.legs} {line.number}")[:4], "big")
        self._channel_id = f"1761245643.{number}"
        self._is_over = False

    @property
    def may_send(self) -> bool:
        """At once: Asterisk waits for nothing."""
        return True

    @property
    def is_over(self) -> bool:
        """When the channel hangs up: Asterisk closes and waits for nothing."""
        return self._is_over

    def opening(self, url: str) -> Opening:  # noqa: ARG002 - nothing is signed
        """`username` and `password` of websocket_client.conf are sent as Basic authentication."""
        key = self._call.key
        basic = base64.b64encode(f"asterisk:{key}".encode()).decode()
        return Opening(
            query=self._said() if self._facts == "address" else {},
            headers={"Authorization": f"Basic {basic}"} if key else {},
            subprotocols=("media",),
            sends_key=False,
        )

    def begin(self) -> Sequence[Message]:
        """MEDIA_START comes from Asterisk, before any media."""
        samples = self._line.rate_hz // 50
        started: dict[str, object] = {
            "connection_id": CONNECTION,
            "channel": f"WebSocket/{CONNECTION}/0x5140001a0040",
            "channel_id": self._channel_id,
            "format": self._format,
            "optimal_frame_size": samples if self._format in COMPANDED else samples * 2,
            "ptime": 20,
        }
        if self._control == "json":
            started["channel_variables"] = self._variables()
        return [self._event("MEDIA_START", started)]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """A frame of the channel, as it was read."""
        (pcm,) = frame.channels
        encode = COMPANDED.get(self._format)
        return [encode(pcm) if encode else pcm.astype("<i2").tobytes()]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:  # noqa: ARG002 - there is one
        """A digit."""
        said = {"digit": key, "channel_id": self._channel_id}
        return [self._event("DTMF_END", said)]

    def pause(self) -> Sequence[Message]:
        """Has no words: a channel on hold sends what its bridge plays, or nothing."""
        return ()

    def resume(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def end(self) -> Sequence[Message]:
        """The channel hangs up: a close with 1000 follows, no word."""
        self._is_over = True
        return ()

    def receive(self, message: Message) -> Sequence[Message]:
        """A command, or media for the channel; a listener sends neither."""
        raise CallerError(f"the server said {message[:80]!r}; somebody who only listens sends Asterisk nothing")

    def told(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def _event(self, name: str, fields: Mapping[str, object]) -> str:
        if self._control == "json":
            return json.dumps({"event": name, **fields}, separators=(",", ":"))
        return " ".join([name, *(f"{key}:{value}" for key, value in fields.items())])

    def _variables(self) -> dict[str, str]:
        """All variables of the channel: the driver's own, and what the dialplan set."""
        own = {"MEDIA_WEBSOCKET_CONNECTION_ID": CONNECTION, "DIALEDPEERNUMBER": f"{CONNECTION}/c({self._format})"}
        said = self._said() if self._facts == "variables" else {}
        return own | {f"VOICEASSIST_{name.upper()}": value for name, value in said.items()}

    def _said(self) -> dict[str, str]:
        (leg,) = self._line.legs
        return call_parameters(self._call) | {"leg": leg}


def _chosen(options: Mapping[str, str], rate_hz: int) -> str:
    """The format's name, as Asterisk spells it."""
    wanted = options.get("format", "ulaw" if rate_hz == RATES_HZ[0] else "slin")
    if wanted == "slin":
        return SLIN[rate_hz]
    if wanted not in COMPANDED:
        raise CallerError(f"format={wanted}: chan_websocket carries here ulaw, alaw, slin")
    if rate_hz != RATES_HZ[0]:
        raise CallerError(f"format={wanted}: it has 8000 Hz; add --rate 8000, or send slin")
    return wanted


def _one_of(options: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    chosen = options.get(name, known[0])
    if chosen not in known:
        raise CallerError(f"{name}={chosen}: it is {' or '.join(known)}")
    return chosen
