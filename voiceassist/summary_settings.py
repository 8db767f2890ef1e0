"""Settings of where people send summaries of calls: `[summary]`; what makes them wrong.

Never sends anything. Next: `config.py` reads them; `summary_desk.py` sends.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from voiceassist.errors import ConfigError
from voiceassist.notify_settings import is_signing_key
from voiceassist.oidc_settings import is_safe_url

LONGEST_TRYING_H = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySettings:
    """The webhook; no address means that summaries are only copied."""

    webhook: str | None = field(default=None, repr=False)  # an address may hold a secret
    secret: str | None = field(default=None, repr=False)  # that signs: "whsec_" and Base64
    ca_file: Path | None = None  # of a receiver whose certificate is signed by nobody known
    give_up_after_h: float = 1  # then it has not arrived, and somebody may send it again

    @property
    def place(self) -> str:
        """Where it leads, without anything secret; empty: nowhere."""
        return urlsplit(self.webhook).hostname or "" if self.webhook else ""


def check_summary(settings: SummarySettings) -> None:
    """Raises ConfigError for what cannot work."""
    if settings.webhook is None:
        return
    if not is_safe_url(settings.webhook):
        raise ConfigError("setting `summary.webhook`: must begin with https:// (http:// on this machine only)")
    if not is_signing_key(settings.secret):
        told = "is needed to sign: `whsec_` and the Base64 of 24 to 64 random bytes"
        raise ConfigError(f"setting `summary.secret`: {told}")
    if not 0 < settings.give_up_after_h <= LONGEST_TRYING_H:
        told = f"{settings.give_up_after_h:g} is not above 0 and up to {LONGEST_TRYING_H:g}"
        raise ConfigError(f"setting `summary.give_up_after_h`: {told}")
