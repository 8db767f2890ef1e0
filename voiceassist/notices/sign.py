"""Signs what a webhook gets, after the Standard Webhooks specification 1.0 ("Signature scheme", symmetric `v1`).

The signed text is `id.timestamp.body`: neither can be changed, and an old message cannot be played again by
somebody who only heard it. Pure. Next: `web.py` sends the headers.
"""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

PREFIX = "whsec_"


def signed_headers(secret: str, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers; `at_s`: now, seconds since 1970."""
    key = b64decode(secret.removeprefix(PREFIX) + "==")
    digest = hmac.new(key, f"{message_id}.{at_s}.".encode() + body, sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
