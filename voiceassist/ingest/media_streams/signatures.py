"""Whether a phone system signed the request that opened a connection: the rules of Twilio, Plivo and Vonage.

Twilio and Plivo sign the address that they ask for. What they asked for and what arrives may differ (a proxy ends
TLS, a port is left out), so every spelling of the same address is tried: none can be signed without the secret.
Twilio's signature has no nonce: whoever has seen one may use it again for the same address.
Never knows who may call. Next: the dialects pass on what is found with their `Started`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest_settings import PlivoSettings, TwilioSettings, VonageSettings

# Ports that are left out or put in without a reason; the SDK's validator takes :80 for wss.
PORTS = ("", ":443", ":80")
TWILIO_HASHES: Mapping[str, Callable[..., Any]] = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
# plivo-stream-sdk 0.1.1 checks http addresses, with this behind them; Plivo's guide says "including protocol".
PLIVO_ENDS = ("", "/websocket")
TOKEN_AGE_S = 300  # of a Vonage token without an end of its own: time to connect, no more
LEEWAY_S = 60  # between two clocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found: neither, where no secret is configured."""

    by: str = ""  # whose signature holds
    forged: str = ""  # why it does not


NO_PROOF = Proof()


def twilio_signed(handshake: Handshake, settings: TwilioSettings) -> Proof:
    """`X-Twilio-Signature`: HMAC of the address, with the auth token or a webhook rule's shared key."""
    if settings.auth_token is None and settings.shared_key_secret is None:
        return NO_PROOF
    headers = handshake.headers
    rule = headers.get("x-twilio-webhooks-signature-settings", "")
    secret, which = (
        (settings.shared_key_secret, "shared_key_secret") if rule else (settings.auth_token, "auth_token")
    )
    if secret is None:
        return Proof(forged=f"Twilio signs with a secret that is not known here: set `twilio.{which}`")
    hashed = TWILIO_HASHES.get(_algorithm(rule))
    if hashed is None:
        return Proof(forged="the signature's algorithm is unknown here; choose HMAC_SHA256 in the webhook rule")
    wanted = (_digest(secret, url, hashed) for url in _spellings(handshake.url, settings.public_url))
    if _is_one_of(headers.get("x-twilio-signature", ""), wanted):
        return Proof(by="twilio")
    return Proof(forged=_not_held("X-Twilio-Signature", "twilio", which, handshake, settings.public_url))


def plivo_signed(handshake: Handshake, settings: PlivoSettings) -> Proof:
    """`X-Plivo-Signature-V3`: HMAC-SHA256 of the address, a dot and a nonce."""
    if settings.auth_token is None:
        return NO_PROOF
    nonce = handshake.headers.get("x-plivo-signature-v3-nonce", "")
    given = handshake.headers.get("x-plivo-signature-v3", "")
    wanted = [
        _digest(settings.auth_token, f"{url}.{nonce}", hashlib.sha256)
        for url in _plivo_spellings(handshake.url, settings.public_url)
    ]
    if nonce and any(_is_one_of(one.strip(), wanted) for one in given.split(",")[:4]):
        return Proof(by="plivo")
    return Proof(forged=_not_held("X-Plivo-Signature-V3", "plivo", "auth_token", handshake, settings.public_url))


def vonage_signed(handshake: Handshake, settings: VonageSettings, now_s: int) -> Proof:
    """A JSON Web Token as `Authorization: Bearer`, signed with the account's signature secret (HS256)."""
    if settings.signature_secret is None:
        return NO_PROOF
    scheme, _, token = handshake.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return Proof(forged='no token came: give the endpoint `"authorization": {"type": "vonage"}` in the NCCO')
    rules: dict[str, Any] = {"iat": {"essential": True}}
    if settings.application_id is not None:
        rules["application_id"] = {"essential": True, "value": settings.application_id}
    try:
        claims = jwt.decode(
            token.strip(), OctKey.import_key(settings.signature_secret), algorithms=["HS256"]
        ).claims
        jwt.JWTClaimsRegistry(now=now_s, leeway=LEEWAY_S, **rules).validate(claims)
        is_old = "exp" not in claims and now_s - claims["iat"] > TOKEN_AGE_S + LEEWAY_S
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return Proof(forged="the token in Authorization does not hold: compare `vonage.signature_secret`")
    return Proof(forged="the token in Authorization is too old") if is_old else Proof(by="vonage")


def _algorithm(rule: str) -> str:
    """The algorithm that a webhook rule's header names: `key=…,algorithm=HMAC_SHA256`."""
    named = (part.partition("=") for part in rule.split(","))
    return next((value.strip().upper() for name, _, value in named if name.strip() == "algorithm"), "HMAC_SHA1")


def _digest(secret: str, text: str, hashed: Callable[..., Any]) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashed).digest())


def _is_one_of(given: str, wanted: Iterable[bytes]) -> bool:
    """Whether a signature is one of those that hold."""
    return any(hmac.compare_digest(given.encode(), one) for one in wanted)


def _spellings(url: str, public_url: str | None) -> Iterator[str]:
    """A websocket's address with and without port, query and last slash; Twilio knows wss only."""
    parts = _asked(url, public_url)
    query = f"?{parts.query}" if parts.query else ""
    paths = {parts.path, f"{parts.path.rstrip('/')}/", parts.path.rstrip("/")}
    for host, path, end in product(_hosts(parts), sorted(paths), sorted({query, ""})):
        yield f"wss://{host}{path}{end}"


def _plivo_spellings(url: str, public_url: str | None) -> Iterator[str]:
    parts = _asked(url, public_url)
    given = parse_qs(parts.query, keep_blank_values=True)
    query = "&".join(f"{name}={value}" for name in sorted(given) for value in sorted(given[name]))
    for scheme, host, end in product(("wss", "https", "http", "ws"), _hosts(parts), PLIVO_ENDS):
        yield f"{scheme}://{host}{parts.path}{end}{f'?{query}' if query else ''}"


def _asked(url: str, public_url: str | None) -> SplitResult:
    """What the peer asked for, at the address by which the settings say that it finds us."""
    parts = urlsplit(url)
    if public_url is None:
        return parts
    ours = urlsplit(public_url)
    return parts._replace(netloc=ours.netloc, path=ours.path.rstrip("/") + parts.path)


def _hosts(parts: SplitResult) -> tuple[str, ...]:
    """The host as it was asked for, and with the ports that may be left out."""
    name, _, port = parts.netloc.rpartition(":")
    bare = name if name and port.isdecimal() else parts.netloc
    return tuple(dict.fromkeys((parts.netloc, *(f"{bare}{port}" for port in PORTS))))


def _not_held(header: str, section: str, secret: str, handshake: Handshake, public_url: str | None) -> str:
    """What to compare; never the path, which may have a key."""
    if not handshake.headers.get(header.lower()):
        return f"`{section}.{secret}` is set, so only what is signed with it is taken: {header} is missing"
    host = _asked(handshake.url, public_url).netloc[:80]
    return (
        f"{header} does not fit: compare `{section}.{secret}`; if this server is not {host!r} to the outside, set"
        f" `{section}.public_url`"
    )
