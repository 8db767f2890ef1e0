"""The caller of Genesys AudioHook, version 2: what Genesys Cloud sends, and everything it expects of a server.

Written from the protocol's document, not from our server. Strict: a server whose numbers have a hole, that chooses
media which was not offered, answers what was not asked or stays silent where it must answer gets a CallerError.
Time beyond the recording's is none of its business: it pings every five seconds of the recording, and whoever
drives it gives up on a server that does not answer in time.

    connecting → begin: open → opened → audio, ping, paused, resumed, discarded → end: close → closed
    disconnect, at any time → we close, and hear `closed`

Next: `run.py` sends it.
"""

import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from time import time
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.callers import g711
from voiceassist.callers.caller import (
    CallerError,
    CallerLine,
    Frame,
    Message,
    Opening,
    PlacedCall,
    as_object,
    made_up_id,
)
from voiceassist.events import Speaker

ENCODERS: Final[Mapping[str, Callable[[Pcm], bytes]]] = {
    "PCMU": g711.mulaw,
    "L16": lambda pcm: pcm.astype("<i2").tobytes(),
}
OPTIONS: Final[Mapping[str, str]] = {
    "api_key": "sent as X-API-KEY; default: the key that is given",
    "client_secret": "in base64; the request is signed with it",
    "format": f"{' or '.join(ENCODERS)}; default: PCMU",
    "probe": "yes: only tries the connection, as Genesys does before it saves an integration",
}
CHANNELS: Final[Mapping[Speaker, str]] = {"customer": "external", "agent": "internal"}
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
LANGUAGE: Final = re.compile(r"[a-z]{2,3}-[A-Za-z]{2,3}")
PING_EVERY_MS: Final = 5_000
SERVER_SAYS: Final = (
    "opened", "closed", "pong", "pause", "resume", "event", "disconnect", "reconnect", "updated",
)  # fmt: skip
FROM_SERVER: Final = {"version", "type", "id", "seq", "clientseq", "parameters"}
TEXT_CHARS: Final = 65_535

Phase = Literal["connecting", "opening", "open", "paused", "closing", "closed"]


class AudiohookCaller:
    """One session."""

    def __init__(self, call: PlacedCall, line: CallerLine, *, clock: Callable[[], float] = time) -> None:
        """`clock`: seconds since 1970, which a signature tells."""
        self._call, self._line, self._clock = call, line, clock
        self._format = call.options.get("format", "PCMU")
        if self._format not in ENCODERS:
            raise CallerError(f"format={self._format}: AudioHook knows {', '.join(ENCODERS)}")
        if call.options.get("client_secret") and not call.options.get("api_key"):
            raise CallerError("client_secret=…: whose? say api_key=… too")
        self._is_probe = call.options.get("probe") == "yes"
        self.session_id = str(_uuid(call, f"session {line.number} {line.legs}"))
        self.phase: Phase = "connecting"
        self._seq = self._serverseq = 0
        self._sent = line.begins_ms * line.rate_hz // 1000  # samples of the stream, those left out included
        self._ping_seq: int | None = None  # not answered yet
        self._next_ping_ms = line.begins_ms
        self._updates = 0  # not acknowledged yet
        self._paused_at: int | None = None  # samples; until `resumed` was said
        self._refusal: str | None = None
        self._told: list[str] = []

    @property
    def may_send(self) -> bool:
        """Once opened, and not on hold."""
        return self.phase == "open"

    @property
    def is_over(self) -> bool:
        """Once closed."""
        return self.phase == "closed"

    def opening(self, url: str) -> Opening:
        """Who we are, signed if there is a secret."""
        headers = {
            "Audiohook-Organization-Id": self.organization_id,
            "Audiohook-Session-Id": self.session_id,
            "Audiohook-Correlation-Id": str(_uuid(self._call, "correlation")),
        }
        if api_key := self._call.options.get("api_key", self._call.key or ""):
            headers["X-API-KEY"] = api_key
        secret = self._call.options.get("client_secret")
        if secret:
            headers |= self._signature(url, headers, b64decode(secret))
        return Opening(headers=headers, sends_key=False)

    @property
    def organization_id(self) -> str:
        """Whose call it is."""
        return str(_uuid(self._call, "organization"))

    @property
    def conversation_id(self) -> str:
        """The call's id, if that is a UUID."""
        if self._is_probe:
            return NOBODY
        try:
            return str(UUID(self._call.call_id))
        except ValueError:
            return str(_uuid(self._call, "conversation"))

    def begin(self) -> Sequence[Message]:
        """`open`."""
        if self.conversation_id not in (self._call.call_id.lower(), NOBODY):
            self._told.append(f"the conversation's id is {self.conversation_id}: AudioHook wants a UUID")
        self.phase = "opening"
        return [self._message("open", self._open())]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """A frame; before it, what was left out since the last one, and a ping when it is time for one."""
        messages = [*self._catch_up(frame), *self._ping(frame)]
        self._sent += len(frame.channels[0])
        samples = np.stack(frame.channels, axis=1).reshape(-1)
        return [*messages, ENCODERS[self._format](samples)]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:  # noqa: ARG002 - no words for it
        """AudioHook monitors have no words for it."""
        return ()

    def pause(self) -> Sequence[Message]:
        """`paused`, twice: so does the reference."""
        self._paused_at = self._sent
        return [self._message("paused", {}), self._message("paused", {})]

    def resume(self) -> Sequence[Message]:
        """`resumed` goes with the next frame, which knows how long the pause was."""
        return ()

    def update(self, language: str) -> Sequence[Message]:
        """The conversation goes on in another language."""
        self._updates += 1
        return [self._message("update", {"language": language})]

    def end(self) -> Sequence[Message]:
        """`close`."""
        return self._close("end")

    def receive(self, message: Message) -> Sequence[Message]:
        """Checks what the server said, and answers it."""
        if not isinstance(message, str) or len(message) > TEXT_CHARS:
            raise CallerError("the server sent a binary message, or one that is too long")
        said = as_object(message)
        self._check(said)
        kind, parameters = said["type"], said["parameters"]
        match kind:
            case "opened":
                return self._opened(parameters)
            case "pong":
                self._expect("pong", is_due=self._ping_seq == said["clientseq"])
                self._ping_seq = None
            case "closed":
                self._expect("closed", is_due=self.phase == "closing" and said["clientseq"] == self._seq)
                self._closed()
            case "disconnect":
                return self._disconnected(parameters)
            case "pause" | "resume":
                return self._held(kind)
            case "updated":
                self._expect("updated", is_due=self._updates > 0)
                self._updates -= 1
            case "event":
                self._expect("event", is_due=self.phase in ("open", "paused", "closing"))
                self._told += _transcripts(parameters)
            case "reconnect":
                self._told.append(f"the server asks us to connect again: {parameters.get('info', '')}")
        return ()

    def told(self) -> Sequence[str]:
        """What it heard, and how it ended."""
        told, self._told = self._told, []
        return told

    def _check(self, said: dict[str, Any]) -> None:
        kind = said.get("type")
        if set(said) != FROM_SERVER or kind not in SERVER_SAYS or not isinstance(said["parameters"], dict):
            raise CallerError(f"the server said {str(said)[:200]}, which is no message of AudioHook 2")
        if said["version"] != "2" or said["id"] != self.session_id:
            raise CallerError(f"{kind!r} has version {said['version']!r} and id {said['id']!r}, not ours")
        if said["seq"] != self._serverseq + 1:
            raise CallerError(f"{kind!r} has seq {said['seq']} after {self._serverseq}")
        if type(said["clientseq"]) is not int or not 0 <= said["clientseq"] <= self._seq:
            raise CallerError(f"{kind!r} has clientseq {said['clientseq']}, and we have said {self._seq}")
        if self.phase == "closed":
            raise CallerError(f"the server said {kind!r} after `closed`")
        self._serverseq = said["seq"]

    def _expect(self, kind: str, *, is_due: bool) -> None:
        if not is_due:
            raise CallerError(f"the server said {kind!r} while the session is {self.phase}, which was not to come")

    def _opened(self, parameters: dict[str, Any]) -> Sequence[Message]:
        self._expect("opened", is_due=self.phase == "opening")
        if parameters.get("media") not in [[offer] for offer in self._offers()]:
            raise CallerError(f"`opened` chooses {parameters.get('media')!r}, which was not offered so")
        if parameters["media"][0]["channels"] != self._offers()[0]["channels"]:
            raise CallerError("the server takes one channel of two")
        self.phase = "open"
        if self._is_probe:
            return self._close("end")
        return self._held("pause") if parameters.get("startPaused") else ()

    def _held(self, kind: str) -> Sequence[Message]:
        self._expect(kind, is_due=self.phase in ("open", "paused", "closing"))
        if self.phase == "closing":
            return ()
        if kind == "pause":
            self.phase, self._paused_at = "paused", self._sent
            return [self._message("paused", {})]
        self.phase = "open"
        return ()

    def _disconnected(self, parameters: dict[str, Any]) -> Sequence[Message]:
        reason, info = parameters.get("reason"), parameters.get("info", "")
        if reason not in ("completed", "unauthorized", "error"):
            raise CallerError(f"`disconnect` has the reason {reason!r}")
        if self.phase == "closing":
            return ()
        self._refusal = f"the server disconnected ({reason}): {info}"
        return self._close("disconnect")

    def _close(self, reason: str) -> Sequence[Message]:
        if self.phase in ("closing", "closed"):
            return ()
        self.phase = "closing"
        return [self._message("close", {"reason": reason})]

    def _closed(self) -> None:
        if self._ping_seq is not None and self._refusal is None:
            raise CallerError("the server closed without an answer to our ping")
        if self._updates and self._refusal is None:
            raise CallerError("the server closed without an answer to our update")
        self.phase = "closed"
        if self._refusal:
            raise CallerError(self._refusal)

    def _catch_up(self, frame: Frame) -> Sequence[Message]:
        due = frame.at_ms * self._line.rate_hz // 1000
        start, self._sent = self._sent, max(self._sent, due)
        if self._paused_at is not None:
            start, self._paused_at = self._paused_at, None
            return [self._message("resumed", self._left_out(start))]
        return [self._message("discarded", self._left_out(start))] if self._sent > start else []

    def _left_out(self, start: int) -> dict[str, str]:
        return {"start": self._duration(start), "discarded": self._duration(self._sent - start)}

    def _ping(self, frame: Frame) -> Sequence[Message]:
        if frame.at_ms < self._next_ping_ms or self._ping_seq is not None:
            return ()
        self._next_ping_ms = frame.at_ms + PING_EVERY_MS
        self._ping_seq = self._seq + 1
        return [self._message("ping", {})]

    def _open(self) -> dict[str, Any]:
        call = self._call
        nobody = {"id": NOBODY, "ani": "", "aniName": "", "dnis": ""}
        customer = {
            "id": str(_uuid(call, "participant")),
            "ani": call.customer.id,
            "aniName": call.customer.name,
            "dnis": "",
        }
        said: dict[str, Any] = {
            "organizationId": self.organization_id,
            "conversationId": self.conversation_id,
            "participant": nobody if self._is_probe else customer,
            "media": self._offers(),
            "customConfig": {
                "agent_id": call.agent.id,
                "agent_name": call.agent.name,
                "agent_team": call.agent.team,
                "tier": call.customer.tier,
            },
        }
        if call.language and LANGUAGE.fullmatch(call.language):
            said["language"] = call.language
        elif call.language:
            self._told.append(f"the language {call.language} is not sent: AudioHook wants a region, as in en-US")
        return said

    def _offers(self) -> list[dict[str, Any]]:
        channels = [CHANNELS[leg] for leg in self._line.legs]
        offered = [channels, *([channel] for channel in channels)] if len(channels) > 1 else [channels]
        return [{"type": "audio", "format": self._format, "channels": one, "rate": 8000} for one in offered]

    def _message(self, kind: str, parameters: Mapping[str, Any]) -> str:
        self._seq += 1
        return json.dumps(
            {
                "version": "2",
                "type": kind,
                "id": self.session_id,
                "seq": self._seq,
                "serverseq": self._serverseq,
                "position": self._duration(self._sent),
                "parameters": parameters,
            }
        )

    def _duration(self, samples: int) -> str:
        seconds = Decimal(samples) / self._line.rate_hz
        return f"PT{seconds.normalize():f}S"

    def _signature(self, url: str, headers: Mapping[str, str], secret: bytes) -> dict[str, str]:
        address = urlsplit(url)
        target = f"{address.path}?{address.query}" if address.query else address.path
        port = {"wss": ":443", "ws": ":80"}.get(address.scheme, "")
        covered = {
            "@request-target": target,
            "@authority": address.netloc.lower().removesuffix(port),
            "audiohook-organization-id": headers["Audiohook-Organization-Id"],
            "audiohook-session-id": headers["Audiohook-Session-Id"],
            "audiohook-correlation-id": headers["Audiohook-Correlation-Id"],
            "x-api-key": headers["X-API-KEY"],
        }
        nonce = b64encode(made_up_id(self._call, f"nonce {self._line.number} {self._line.legs} {self._clock()}"))
        created = int(self._clock())
        params = " ".join(f'"{name}"' for name in covered)
        params = f'({params});keyid="{headers["X-API-KEY"]}";nonce="{nonce.decode()}";alg="hmac-sha256"'
        params += f";created={created};expires={created + 30}"
        base = [f'"{name}": {value}' for name, value in covered.items()]
        signed = hmac.digest(secret, "\n".join([*base, f'"@signature-params": {params}']).encode(), "sha256")
        return {"Signature-Input": f"sig1={params}", "Signature": f"sig1=:{b64encode(signed).decode()}:"}


def _transcripts(parameters: dict[str, Any]) -> list[str]:
    """What finals say, for people. Raises CallerError for an entity that is none."""
    try:
        heard = [
            f"{data['channel']}: {data['alternatives'][0]['interpretations'][0]['transcript']}"
            for entity in parameters["entities"]
            if entity["type"] == "transcript" and (data := entity["data"])["isFinal"]
        ]
    except (KeyError, IndexError, TypeError) as error:
        raise CallerError(f"the server sent an event that is none ({error!r} is missing)") from None
    if not parameters["entities"]:
        raise CallerError("the server sent an event without entities")
    return heard


def _uuid(call: PlacedCall, what: str) -> UUID:
    return UUID(bytes=made_up_id(call, what)[:16], version=4)
