"""Settings of the service that is asked who is calling, and what makes them wrong.

Never asks anything. Next: `config.py` reads them; `live/lookup.py` asks.
"""

from dataclasses import dataclass, field

from voiceassist.errors import ConfigError
from voiceassist.oidc_settings import is_safe_url

TIMEOUT_RANGE_S = (0.1, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupSettings:
    """The service; no address means none."""

    url: str | None = None  # POST with what the phone system said of the call
    token: str | None = field(default=None, repr=False)  # sent as `Authorization: Bearer`
    timeout_s: float = 3.0  # for an answer; the call goes on meanwhile


def check_lookup(settings: LookupSettings) -> None:
    """Raises ConfigError for what cannot work."""
    if settings.url is not None and not is_safe_url(settings.url):
        told = f"{settings.url!r} must begin with https:// (http:// on this machine only)"
        raise ConfigError(f"setting `lookup.url`: {told}")
    low, high = TIMEOUT_RANGE_S
    if not low <= settings.timeout_s <= high:
        raise ConfigError(
            f"setting `lookup.timeout_s`: {settings.timeout_s:g} is not between {low:g} and {high:g}"
        )
