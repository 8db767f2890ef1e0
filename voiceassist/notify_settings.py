"""Settings of the channels by which alerts leave the machine, and what makes them wrong.

A `[[notify]]` table each. Secrets may stand in the environment (`VOICEASSIST_NOTIFY__DESK__PASSWORD`) or in a file
(`password_file`). Never sends anything. Next: `config.py` reads them; `notices/` sends.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from voiceassist.errors import ConfigError
from voiceassist.events import AlertLevel
from voiceassist.oidc_settings import LOOPBACK, is_safe_url
from voiceassist.yamltext.problems import nearest

ChannelKind = Literal["email", "webhook", "slack", "teams", "mqtt"]
SaidWords = Literal["none", "reason", "quote"]

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
ENV_SECTION = "NOTIFY__"
SECRETS = ("url", "secret", "password")  # an address of Slack or Teams is a secret, too
MOST_CHANNELS = 50
LONGEST_WAIT_S = 86_400.0  # a day; who is told of an alert of yesterday?
MOST_PER_MINUTE = 600
LONGEST_TRYING_H = 24.0 * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """One way out: which alerts take it, when, in which words, and where it leads."""

    name: str
    kind: ChannelKind
    levels: tuple[AlertLevel, ...] = ("warning", "critical")
    kinds: tuple[str, ...] = ()  # of alerts; none: every kind
    teams: tuple[str, ...] = ()  # whose calls; none: every team's
    after_s: float = 0  # only when nobody has acknowledged the alert for so long
    quiet_hours: str = ""  # "22:00-07:00" by the clock of this site: nothing is sent then, nor later
    changes: bool = False  # tell also when somebody acknowledges, resolves or reopens
    sample_calls: bool = False  # tell of the demo's sample calls, too
    language: Literal["en", "es"] = "en"
    words: SaidWords = "reason"  # nothing of what it is about, its reason, or also what was said
    per_minute: int = 10  # messages; the last of them is a summary of all that wait
    give_up_after_h: float = 24  # then it is a dead letter
    url: str | None = field(default=None, repr=False)  # of webhook, slack and teams
    secret: str | None = field(default=None, repr=False)  # of webhook: "whsec_" and Base64
    host: str | None = None  # the rest is of email
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str | None = None
    to: tuple[str, ...] = ()
    ca_file: Path | None = None  # of a server whose certificate is signed by nobody known; email and the web

    @property
    def place(self) -> str:
        """Where it leads, without anything secret."""
        if self.kind == "email":
            return f"{', '.join(self.to)} ({self.host})"
        return urlsplit(self.url).hostname or "" if self.url else ""


NAMES = tuple(part.name for part in fields(ChannelSettings))


def with_secrets(
    tables: object, environment: Mapping[str, str], prefix: str, file: Path | None
) -> list[dict[str, Any]]:
    """The tables as a file has them, with what the environment says of each and what secret files hold.

    Raises ConfigError for what is no table, has no name or an unknown key, and for a file that cannot be read.
    """
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ConfigError("setting `notify`: is a list of tables; write `[[notify]]` above each channel")
    read = [_read(dict(one), file) for one in tables]
    known = {_in_environment(one): one for one in read}
    for variable, value in environment.items():
        if variable.startswith(f"{prefix}{ENV_SECTION}"):
            name, _, key = variable.removeprefix(f"{prefix}{ENV_SECTION}").rpartition("__")
            if name not in known or key.lower() not in NAMES:
                told = f"no channel {name!r}" if name not in known else f"no setting `{key.lower()}` of a channel"
                raise ConfigError(f"{variable}: the configuration file has {told}")
            known[name][key.lower()] = value.split(",") if key in ("LEVELS", "KINDS", "TEAMS", "TO") else value
    return read


def _in_environment(table: Mapping[str, Any]) -> str:
    return str(table.get("name", "")).upper().replace("-", "_")


def _read(table: dict[str, Any], file: Path | None) -> dict[str, Any]:
    name = table.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        told = f"{name!r} is no name: up to 40 of a-z, 0-9, _ and -, a letter first"
        raise ConfigError(f"setting `notify.name`: {told}")
    for key in [one for one in table if one.removesuffix("_file") in SECRETS and one.endswith("_file")]:
        table[key.removesuffix("_file")] = _secret(name, key, table.pop(key), file)
    for key in table:
        if key not in NAMES:
            near = nearest(key, NAMES)
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(NAMES)}"
            raise ConfigError(f"setting `notify.{name}.{key}`: there is no such setting; {hint}")
    return table


def _secret(name: str, key: str, path: object, file: Path | None) -> str:
    """What a secret's file holds; a relative path is meant from the configuration file on."""
    try:
        return ((file.parent if file else Path()) / str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"setting `notify.{name}.{key}`: {path} cannot be read: {error}") from None


def described_channel(channel: ChannelSettings) -> dict[str, Any]:
    """The settings as JSON has them, for the audit; of a secret only whether there is one."""
    told = {key: "set" if value else "not set" for key, value in asdict(channel).items() if key in SECRETS}
    shown = asdict(channel) | told | {"place": channel.place}
    return {key: str(value) if isinstance(value, Path) else value for key, value in shown.items()}


def check_channels(channels: Sequence[ChannelSettings], *, has_broker: bool) -> None:
    """Raises ConfigError for what cannot work."""
    if len(channels) > MOST_CHANNELS:
        raise ConfigError(f"setting `notify`: {len(channels)} channels are more than {MOST_CHANNELS}")
    names = [_in_environment({"name": channel.name}) for channel in channels]
    for channel, name in zip(channels, names, strict=True):
        if names.count(name) > 1:
            raise ConfigError(f"setting `notify.{channel.name}`: two channels have this name")
        problem = _rule_problem(channel) or _place_problem(channel, has_broker=has_broker)
        if problem:
            key, told = problem
            raise ConfigError(f"setting `notify.{channel.name}.{key}`: {told}")


def _rule_problem(channel: ChannelSettings) -> tuple[str, str] | None:
    """The key of the rule that cannot work, and why."""
    if not channel.levels:
        return "levels", "without a level nothing would ever be sent"
    if not 0 <= channel.after_s <= LONGEST_WAIT_S:
        return "after_s", f"{channel.after_s:g} is not between 0 and {LONGEST_WAIT_S:g}"
    if channel.quiet_hours and not QUIET.fullmatch(channel.quiet_hours):
        return "quiet_hours", f"{channel.quiet_hours!r} is not like '22:00-07:00'"
    if not 1 <= channel.per_minute <= MOST_PER_MINUTE:
        return "per_minute", f"{channel.per_minute} is not between 1 and {MOST_PER_MINUTE}"
    if not 0 < channel.give_up_after_h <= LONGEST_TRYING_H:
        return "give_up_after_h", f"{channel.give_up_after_h:g} is not above 0 and up to {LONGEST_TRYING_H:g}"
    return None


def _place_problem(channel: ChannelSettings, *, has_broker: bool) -> tuple[str, str] | None:
    """The key of the place that cannot work, and why."""
    if channel.kind == "mqtt":
        return None if has_broker else ("kind", "set `mqtt.host` too: it goes to that broker")
    if channel.kind == "email":
        return _email_problem(channel)
    if channel.url is None:
        return "url", f"is needed for {channel.kind}"
    if not is_safe_url(channel.url):
        return "url", "must begin with https:// (http:// on this machine only)"
    if channel.kind == "webhook" and not is_signing_key(channel.secret):
        return "secret", "is needed to sign: `whsec_` and the Base64 of 24 to 64 random bytes"
    return None


def is_signing_key(secret: str | None) -> bool:
    """As the Standard Webhooks specification wants symmetric secrets."""
    return secret is not None and bool(re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}", secret))


def _email_problem(channel: ChannelSettings) -> tuple[str, str] | None:
    for key in ("host", "sender"):
        if not getattr(channel, key):
            return key, "is needed for email"
    if not channel.to:
        return "to", "is needed for email: one address or more"
    for address in (channel.sender or "", *channel.to):
        if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", address):
            return (
                "to" if address in channel.to else "sender",
                f"{address!r} is no address such as ana@example.com",
            )
    if (channel.username is None) != (channel.password is None):
        return "password" if channel.username else "username", "is missing: both are needed to sign in"
    if channel.username and channel.security == "none" and channel.host not in LOOPBACK:
        return "security", "the password would be sent for everybody on the way to read: use starttls or tls"
    return None
