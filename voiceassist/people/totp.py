"""Codes of the second step (RFC 6238), as authenticator apps show them: a new one every half minute. No I/O.

Time is given. Never remembers which codes were used: `store/people.py` keeps the step of the last one, and takes
none twice. Next: `server/totp.py` sets a second step up; `server/sign_in.py` asks for its code.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hmac import compare_digest

import pyotp
import segno

STEP_S = 30  # what every app assumes
DIGITS = 6
STEPS_BESIDE = 1  # RFC 6238 section 5.2: one step either way, for a slow person and a clock that is a little off
ISSUER = "voiceassist"  # what apps show above the login
US_PER_S = 1_000_000
BEGUN_US = 600 * US_PER_S  # to open the app and type a code
BEGUN = 1_000  # overflow rule: who began longest ago begins again; some 200 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A QR code to draw."""

    size: int  # squares along each side, with the quiet zone
    path: str  # of an SVG: what is dark


@dataclass(slots=True)
class BegunSetups:
    """Secrets that were shown and not yet confirmed, each for one session. Lost with the process."""

    _secrets: OrderedDict[str, tuple[str, int]] = field(default_factory=OrderedDict, repr=False)

    def begin(self, session_id: str, now_us: int) -> str:
        """A new secret, which takes the place of an earlier one."""
        secret = pyotp.random_base32()
        self._secrets.pop(session_id, None)
        self._secrets[session_id] = secret, now_us
        while len(self._secrets) > BEGUN:
            self._secrets.popitem(last=False)
        return secret

    def secret_of(self, session_id: str, now_us: int) -> str | None:
        """What this session began with, unless that is too long ago."""
        secret, begun_us = self._secrets.get(session_id, ("", 0))
        return secret if secret and now_us < begun_us + BEGUN_US else None

    def done(self, session_id: str) -> None:
        """It is confirmed."""
        self._secrets.pop(session_id, None)


def uri_of(secret: str, login: str) -> str:
    """What an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def picture_of(text: str) -> Picture:
    """A QR code."""
    rows = [bytes(row) for row in segno.make_qr(text).matrix_iter(border=4)]
    return Picture(size=len(rows), path="".join(_lines(rows)))


def step_of(secret: str, code: str, now_us: int) -> int | None:
    """Which step a code belongs to, of those that count now; None: of none."""
    now = now_us // (STEP_S * US_PER_S)
    given = "".join(code.split()).encode()
    steps = range(now - STEPS_BESIDE, now + STEPS_BESIDE + 1)
    found = [step for step in steps if compare_digest(_code(secret, step).encode(), given)]
    return found[-1] if found else None


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).generate_otp(step)


def _lines(rows: list[bytes]) -> Iterator[str]:
    for y, row in enumerate(rows):
        for run in re.finditer(b"\x01+", row):
            width = run.end() - run.start()
            yield f"M{run.start()} {y}h{width}v1h-{width}z"
