"""The caller of Vonage's WebSocket endpoint: a text that says what comes, then samples, 20 ms in every message.

One connection carries one person; `leg` says whose talk it is. Next: `run.py` sends it.
"""

import json
from collections.abc import Sequence
from time import time
from typing import Final

from joserfc import jwt
from joserfc.jwk import OctKey

from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall
from voiceassist.events import Speaker

OPTIONS: Final = {
    "signature_secret": "signs the opening request with a token, as Vonage does with the account's secret",
    "application_id": "stands in that token",
    "mixed": "yes: the connection does not say whose talk it is",
}


class VonageCaller:
    """One connection."""

    def __init__(self, call: PlacedCall, line: CallerLine) -> None:
        if len(line.legs) > 1:
            raise CallerError("Vonage carries one channel on a connection: use --per-leg")
        self._call, self._line = call, line
        self._is_over = False

    @property
    def may_send(self) -> bool:
        """At once: nobody answers."""
        return True

    @property
    def is_over(self) -> bool:
        """Once it has hung up."""
        return self._is_over

    def opening(self, url: str) -> Opening:  # noqa: ARG002 - the token does not name the address
        """The request, with Vonage's token if there is a secret to sign it with."""
        secret = self._call.options.get("signature_secret")
        if secret is None:
            return Opening()
        now_s = int(time())
        claims = {"iss": "Vonage", "iat": now_s, "exp": now_s + 300, "jti": f"{self._call.call_id}-{now_s}"}
        claims |= {"application_id": self._call.options.get("application_id", "")}
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(secret))
        return Opening(headers={"Authorization": f"Bearer {token}"}, sends_key=False)

    def begin(self) -> Sequence[Message]:
        """What comes, and the fields of the endpoint's `headers`."""
        call, (leg,) = self._call, self._line.legs
        is_mixed = self._call.options.get("mixed") == "yes"
        said = {
            "event": "websocket:connected",
            "content-type": f"audio/l16;rate={self._line.rate_hz}",
            "call_id": call.call_id,
            "leg": "" if is_mixed else leg,
            "agent_id": call.agent.id,
            "agent_name": call.agent.name,
            "agent_team": call.agent.team,
            "customer_id": call.customer.id,
            "customer_name": call.customer.name,
            "tier": call.customer.tier,
            "language": call.language or "",
        }
        return [json.dumps({name: value for name, value in said.items() if value})]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """The samples."""
        return [frame.channels[0].astype("<i2").tobytes()]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:  # noqa: ARG002 - Vonage does not say whose
        """A key."""
        return [json.dumps({"event": "websocket:dtmf", "digit": key, "duration": 260})]

    def pause(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def resume(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def end(self) -> Sequence[Message]:
        """Closing is how it hangs up."""
        self._is_over = True
        return ()

    def receive(self, message: Message) -> Sequence[Message]:
        """Raises CallerError: what a server says would be played into the call."""
        raise CallerError(f"the server said {message[:80]!r} to a caller that only speaks")

    def told(self) -> Sequence[str]:
        """Nothing."""
        return ()
