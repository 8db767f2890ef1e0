"""Sign-ins that began here and go on at the provider: what has to come back, by its state, each once. No I/O.

Lost with the process: who comes back later begins again. Next: `server/oidc.py`.
"""

from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

from voiceassist.people.provider import SignInRequest
from voiceassist.people.secrets import new_token, token_hash

WITHIN_US = 600 * 1_000_000  # to type a password and find a phone
AT_MOST = 10_000  # overflow rule: who began longest ago begins again; some 10 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunSignIn:
    """One of them."""

    request: SignInRequest
    next: str  # the page of ours that was wanted
    browser_hash: str  # of what its cookie says: no other browser may finish it
    begun_us: int


@dataclass(slots=True)
class BegunSignIns:
    """All of them."""

    _by_state: OrderedDict[str, BegunSignIn] = field(default_factory=OrderedDict, repr=False)

    def begin(self, redirect_uri: str, next_page: str, now_us: int) -> tuple[BegunSignIn, str]:
        """A new one, and what the browser keeps as a cookie."""
        request = SignInRequest(
            redirect_uri=redirect_uri, state=new_token(), nonce=new_token(), verifier=new_token()
        )
        browser = new_token()
        begun = BegunSignIn(request=request, next=next_page, browser_hash=token_hash(browser), begun_us=now_us)
        self._by_state[request.state] = begun
        while len(self._by_state) > AT_MOST:
            self._by_state.popitem(last=False)
        return begun, browser

    def take(self, state: str, browser: str, now_us: int) -> BegunSignIn | None:
        """The one that comes back, if it began in this browser, lately, and did not come back before."""
        begun = self._by_state.pop(state, None)
        if begun is None or begun.browser_hash != token_hash(browser) or now_us >= begun.begun_us + WITHIN_US:
            return None
        return begun


def challenge_of(verifier: str) -> str:
    """What PKCE (RFC 7636) shows of a verifier."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def own_page(wanted: str) -> str:
    """The wanted page if it is one of this server; else the start: no link of ours leads to another site."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/api/")) and "\\" not in wanted
    return wanted if is_path and wanted.isprintable() and wanted.isascii() else "/"
