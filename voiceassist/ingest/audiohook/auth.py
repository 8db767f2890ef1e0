"""Who may open a Genesys AudioHook session: the API key, and the signature over the opening request.

The checks of Genesys's reference server. A key with a client secret must sign: all of `SIGNED` is covered, in any
order; the nonce has 22 characters and was not used before; `keyid` is the API key; the signature is at most 10 s
old, at most 3 s ahead of our clock, and has not expired. A key with an empty secret must not sign, because nothing
could be proved by that. Time is an argument. Never delays anything: who refuses waits.
Next: `dialect.py` says the refusal.
"""

import hmac
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from voiceassist.errors import IngestError
from voiceassist.ingest.audiohook.http_signature import Signed, parse_signature, signature_of

SIGNED = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)
PARAMS = ("alg", "created", "expires", "keyid", "nonce")
ALGORITHM = "hmac-sha256"
NONCE_CHARS = (22, 256)  # 22 characters of base64 are 128 bits; the most is ours
MAX_AGE_S = 10  # of a signature
MAX_SKEW_S = 3  # by which the sender's clock may be ahead of ours
# Seconds between a wrong request and our refusal, so that its time tells nothing of why (the reference's number).
REFUSED_AFTER_S = 0.5
NONCES = 20_000  # 1,500 connections a second for as long as a signature counts; then new ones are refused
DEFAULT_PORTS = (":443", ":80")
PREFIX = "va_"  # of our own keys (`voiceassist keys`)
NO_SECRET = b"\0" * 32  # signs for unknown keys: their check takes as long as that of known ones


@dataclass(slots=True, kw_only=True)
class Nonces:
    """Nonces of signatures that were good, for as long as these count."""

    limit: int = NONCES
    taken: OrderedDict[tuple[str, str], float] = field(default_factory=OrderedDict)  # until when each counts

    def take(self, api_key: str, nonce: str, now_s: float) -> None:
        """Remembers a nonce. Raises IngestError for one that is known."""
        while self.taken and next(iter(self.taken.values())) < now_s:
            self.taken.popitem(last=False)
        if (api_key, nonce) in self.taken:
            raise _refused("the signature's nonce was used before: every request needs its own")
        if len(self.taken) >= self.limit:
            raise _refused("too many signed requests at once; try again in a moment")
        self.taken[api_key, nonce] = now_s + MAX_AGE_S + MAX_SKEW_S


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestProof:
    """What an opening request proves."""

    signed_by: str = ""  # whose signature, or unsigned API key, was good
    key: str = field(default="", repr=False)  # a key of ours, which the server looks up
    refusal: IngestError | None = None  # why it proves nothing


def proof_of(
    target: str, headers: Mapping[str, str], client_secrets: Mapping[str, str], nonces: Nonces, now_s: float
) -> RequestProof:
    """What a request proves: by a configured API key, else by a key of ours, else by what the server knows of it.

    With API keys configured, nothing else will do but a key of ours.
    """
    api_key = headers.get("x-api-key", "")
    has_ours = api_key.startswith(PREFIX) or target.partition("?")[0].rpartition("/")[2].startswith(PREFIX)
    if not client_secrets or (has_ours and api_key not in client_secrets):
        return _by_our_key(api_key, headers)
    try:
        check_request(target, headers, client_secrets, nonces, now_s)
    except IngestError as error:
        return RequestProof(refusal=error)
    return RequestProof(signed_by=f"audiohook {api_key}")


def _by_our_key(api_key: str, headers: Mapping[str, str]) -> RequestProof:
    if not api_key.startswith(PREFIX):
        return RequestProof()
    if is_signed(headers):
        told = "a key of ours has no client secret, so a signature proves nothing: leave the client secret empty"
        return RequestProof(refusal=_refused(told))
    return RequestProof(key=api_key)


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether a request claims to be signed."""
    return "signature" in headers or "signature-input" in headers


def check_request(
    target: str, headers: Mapping[str, str], client_secrets: Mapping[str, str], nonces: Nonces, now_s: float
) -> None:
    """Raises IngestError for a request of somebody else than a configured Genesys integration.

    `target`: path and query as the request line has them; `headers` by their lower-case names; `client_secrets`:
    base64 by API key.
    """
    api_key = headers.get("x-api-key", "")
    if not api_key:
        raise _refused("there is no `X-API-KEY`")
    secret = client_secrets.get(api_key)
    if not is_signed(headers):
        if secret is None:
            raise _refused("the API key is unknown")
        if secret:
            raise _refused("the request is not signed, but this API key has a client secret")
        return
    signed = parse_signature(headers.get("signature-input", ""), headers.get("signature", ""))
    nonce = _checked_nonce(signed, api_key)
    _check_time(signed, now_s)
    values = _values(signed, target, headers)
    computed = signature_of(values, signed.params, b64decode(secret) if secret else NO_SECRET)
    if not hmac.compare_digest(computed, signed.signature) or not secret:
        raise _refused("the signature does not fit the API key's client secret and this request")
    nonces.take(api_key, nonce, now_s)


def _checked_nonce(signed: Signed, api_key: str) -> str:
    params = signed.params
    if unknown := [name for name in params if name not in PARAMS]:
        raise _refused(f"the signature has an unknown parameter {unknown[0]!r}")
    if params.get("keyid") != api_key:
        raise _refused("the signature's `keyid` is not the `X-API-KEY`")
    if params.get("alg", ALGORITHM) != ALGORITHM:
        raise _refused(f"the signature's `alg` is not {ALGORITHM}")
    nonce = params.get("nonce")
    shortest, longest = NONCE_CHARS
    if not isinstance(nonce, str) or not shortest <= len(nonce) <= longest:
        raise _refused(f"the signature needs a `nonce` of {shortest} to {longest} characters")
    return nonce


def _check_time(signed: Signed, now_s: float) -> None:
    created, expires = signed.params.get("created"), signed.params.get("expires")
    if not isinstance(created, int) or not isinstance(expires, int | None):
        raise _refused("the signature needs `created` (and `expires`, if it is there) in whole seconds since 1970")
    if created > now_s + MAX_SKEW_S:
        raise _refused("the signature is from the future: compare the clocks")
    if created + MAX_AGE_S < now_s or (expires is not None and expires < now_s):
        raise _refused("the signature is too old: compare the clocks")


def _values(signed: Signed, target: str, headers: Mapping[str, str]) -> dict[str, str]:
    missing = [name for name in SIGNED if name not in signed.components]
    if missing:
        raise _refused(f"the signature does not cover {missing[0]!r}")
    derived = {"@request-target": target, "@authority": _authority(headers.get("host", ""))}
    found = {name: derived.get(name) or headers.get(name, "") for name in signed.components}
    absent = [name for name, value in found.items() if not value]
    if absent:
        raise _refused(f"the signature covers {absent[0]!r}, which this request does not have")
    return {name: value.strip() for name, value in found.items()}


def _authority(host: str) -> str:
    """In lower case and without the scheme's own port (RFC 9421, section 2.2.3)."""
    host = host.strip().lower()
    return next((host.removesuffix(port) for port in DEFAULT_PORTS if host.endswith(port)), host)


def _refused(why: str) -> IngestError:
    return IngestError("unauthorized", why)
