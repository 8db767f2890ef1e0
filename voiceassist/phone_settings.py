"""Settings of phone systems that supervisors act in: `[phone.asterisk]`, `[phone.twilio]`; what makes them wrong.

Never asks a phone system anything. Next: `config.py` reads them; `phone_control/` is made with them.
"""

import re
from dataclasses import dataclass, field

from voiceassist.errors import ConfigError
from voiceassist.oidc_settings import is_safe_url

ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")  # Twilio's own pattern
APP = re.compile(r"[A-Za-z0-9_-]{1,40}")  # it becomes part of channels' ids
PHONE = "{phone}"  # in `endpoint`: the place of a supervisor's number


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskPhone:
    """Asterisk's REST interface (ARI); no address means none."""

    url: str | None = None  # "https://pbx.example.com:8089/ari"
    user: str = ""  # a section of ari.conf
    password: str = field(default="", repr=False)
    app: str = "voiceassist"  # the Stasis application; every server needs one of its own
    endpoint: str = f"PJSIP/{PHONE}"  # what is rung for a supervisor's number
    caller_id: str = "voiceassist"  # what that phone shows
    transfer_context: str = ""  # of the dialplan, for transfers; empty: there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioPhone:
    """Twilio's REST API; no account means none."""

    account_sid: str | None = None
    auth_token: str | None = field(default=None, repr=False)  # or an API key with its secret
    api_key: str | None = None  # "SK…"
    api_secret: str | None = field(default=None, repr=False)
    from_number: str = ""  # of the account: what a supervisor's phone shows
    url: str = "https://api.twilio.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    """The phone systems on whose calls supervisors may act."""

    asterisk: AsteriskPhone = field(default_factory=AsteriskPhone)
    twilio: TwilioPhone = field(default_factory=TwilioPhone)


def check_phone(settings: PhoneSettings) -> None:
    """Raises ConfigError for what cannot work."""
    if settings.asterisk.url is not None:
        _check_asterisk(settings.asterisk, settings.asterisk.url)
    if settings.twilio.account_sid is not None:
        _check_twilio(settings.twilio, settings.twilio.account_sid)


def _check_asterisk(asterisk: AsteriskPhone, url: str) -> None:
    _check_url("phone.asterisk.url", url)
    if not (asterisk.user and asterisk.password):
        raise ConfigError("setting `phone.asterisk.user`: name a user of ari.conf, with `phone.asterisk.password`")
    if not APP.fullmatch(asterisk.app):
        told = f"{asterisk.app!r} must have 1 to 40 letters, digits, - and _"
        raise ConfigError(f"setting `phone.asterisk.app`: {told}")
    if PHONE not in asterisk.endpoint or "/" not in asterisk.endpoint:
        told = f"{asterisk.endpoint!r} must be like 'PJSIP/{PHONE}'"
        raise ConfigError(f"setting `phone.asterisk.endpoint`: {told}")


def _check_twilio(twilio: TwilioPhone, account_sid: str) -> None:
    _check_url("phone.twilio.url", twilio.url)
    if not ACCOUNT_SID.fullmatch(account_sid):
        told = f"{account_sid!r} must be AC and 32 hexadecimal digits, as Twilio's console shows it"
        raise ConfigError(f"setting `phone.twilio.account_sid`: {told}")
    if not (twilio.auth_token or (twilio.api_key and twilio.api_secret)):
        told = "set it, or `phone.twilio.api_key` with `phone.twilio.api_secret`"
        raise ConfigError(f"setting `phone.twilio.auth_token`: {told}")
    if not twilio.from_number:
        told = "name a number of the account: Twilio calls supervisors from it"
        raise ConfigError(f"setting `phone.twilio.from_number`: {told}")


def _check_url(key: str, url: str) -> None:
    if not is_safe_url(url):
        told = f"{url!r} must begin with https:// (http:// on this machine only): a password is sent there"
        raise ConfigError(f"setting `{key}`: {told}")
