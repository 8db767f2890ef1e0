"""Settings: the only reader of the configuration file (TOML) and of the environment.

Order of precedence: command line, environment (`VOICEASSIST_PORT=…`, `VOICEASSIST_MQTT__HOST=…`), file, default.
A value that cannot work raises ConfigError, which names the key, the value and where it came from.
Next: `app.py` builds everything from Settings.
"""

import getpass
import os
import re
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from voiceassist.capacity_settings import MaxCalls, WhenFull, check_max_calls
from voiceassist.core.words.languages import is_language
from voiceassist.core.words.visible import hidden_in
from voiceassist.cores import usable_cores
from voiceassist.errors import ConfigError
from voiceassist.events import ConsentNeed
from voiceassist.ingest_settings import (
    AudiohookSettings,
    PlivoSettings,
    SignalWireSettings,
    TelnyxSettings,
    TwilioSettings,
    VonageSettings,
    check_audiohook,
    check_public_urls,
)
from voiceassist.lookup_settings import LookupSettings, check_lookup
from voiceassist.notify_settings import (
    ENV_SECTION,
    ChannelSettings,
    check_channels,
    described_channel,
    with_secrets,
)
from voiceassist.oidc_settings import OidcSettings, check_oidc
from voiceassist.phone_settings import AsteriskPhone, PhoneSettings, TwilioPhone, check_phone
from voiceassist.summary_settings import SummarySettings, check_summary
from voiceassist.yamltext.problems import nearest

WithoutConsent = Literal["help", "nothing"]

ENV_PREFIX = "VOICEASSIST_"
SECTIONS = {  # each with an example of its keys
    "mqtt": "`mqtt.host`, `mqtt.port` and so on",
    "oidc": "`oidc.issuer`, `oidc.client_id` and so on",
    "twilio": '`twilio.auth_token = "…"`',
    "telnyx": '`telnyx.customer_track = "inbound"`',
    "signalwire": '`signalwire.customer_track = "inbound"`',
    "plivo": '`plivo.auth_token = "…"`',
    "vonage": '`vonage.signature_secret = "…"`',
    "audiohook": "`audiohook.transcripts = true`",
    "lookup": "`lookup.url`, `lookup.token` and so on",
    "summary": "`summary.webhook` and `summary.secret`",
    "phone": "`[phone.asterisk]` and `[phone.twilio]`",
    "engines": '`engines.es = "auto"`',
    "playbooks": '`playbooks.es = "spanish.yaml"`',
}
NOT_SETTINGS = (f"{ENV_PREFIX}TEST_", f"{ENV_PREFIX}{ENV_SECTION}")  # the latter is `notify_settings.py`'s
LISTS = ("allowed_hosts", "trusted_proxies", "recording_keys")  # in the environment with commas between
SERVER = "voiceassist"  # who signs what the server itself does; no person may
PERSON_CHARS = 200  # as `by` of the events
TELEPHONE_KEYS = frozenset("0123456789*#ABCD")  # ITU-T Q.23
TELEPHONE_KEYS_IN_A_ROW = 8
LONGEST_GRACE_S = 3600  # every call whose line is lost takes the memory of a live one
SHORTEST_IDLE_S = 120  # it is told one minute before
LONGEST_IDLE_S = 86_400  # a day
LONGEST_LISTEN_DELAY_S = 60  # of two legs at 48 kHz: 12 MB for each call that is listened to
MODELS = "models"  # the folder of models in the data folder


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """The broker that events are published to; no host means none."""

    host: str | None = None
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a deployment may decide."""

    host: str = "127.0.0.1"  # loopback unless told otherwise
    port: int = 8710
    allowed_hosts: tuple[str, ...] = ()  # further names under which browsers reach this server
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks whose X-Forwarded-For and -Proto are believed
    data_dir: Path = field(default_factory=lambda: default_data_dir())  # noqa: PLW0108 - defined below
    models_dir: Path = field(default_factory=lambda: default_data_dir() / MODELS)
    language: str = "en"  # BCP 47, of calls that name none
    engine: str = (
        "auto"  # of that language: auto, moonshine, vosk, either with :<model or folder>, scripted:<file>
    )
    engines: Mapping[str, str] = field(default_factory=dict)  # further languages, each with its engine
    likely_phrases: bool = False  # an engine that is unsure prefers the playbook's own phrases
    sample_engine: str = "auto"  # what hears the demo's sample calls
    decode_workers: int = field(default_factory=lambda: max(1, int(usable_cores())))
    max_calls: MaxCalls = None  # at once; "auto", which is None: as many as this machine carries in time
    when_full: WhenFull = "refuse"  # a call too many; record: it is taken without help and heard afterwards
    playbook: Path | None = None  # of `language`; None: the built-in one
    playbooks: Mapping[str, Path] = field(default_factory=dict)  # of further languages; missing: the built-in ones
    pause_keys: str = ""  # of the agent's telephone, one after the other: the recording is paused; empty: none
    resume_keys: str = ""  # and goes on
    # Base64, the newest first: new recordings are encrypted with it, the others open older ones.
    recording_keys: tuple[str, ...] = field(default=(), repr=False)
    recording_key_file: Path | None = None  # or a file with such keys, one per line
    # Deprecated: a key (`voiceassist keys`) with the scope ingest.
    ingest_token: str | None = field(default=None, repr=False)
    consent_need: ConsentNeed = "no"  # of the customer, for recording: none, that they were told, that they agreed
    without_consent: WithoutConsent = "help"  # live help without a recording, or nothing is heard
    line_grace_s: float = 20  # for a line that broke off to come back to its call; 0: none is waited for
    idle_after_s: float = 7200  # without audio for longer: a connection is over; one minute before, it is told
    tell_listening: bool = True  # the agent, and whoever sees the call, is told who listens in to it
    listen_delay_s: float = 0  # who listens in hears the call so much later, so that what is masked is silent
    follow_up_days: int = 14  # older calls with unresolved alerts leave the wall, not the review; 0: none does
    person: str = field(default_factory=lambda: os_user())  # noqa: PLW0108 - defined below; who signs what people do
    site: str = "main"
    node_id: str = field(default_factory=socket.gethostname)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)
    twilio: TwilioSettings = field(default_factory=TwilioSettings)
    telnyx: TelnyxSettings = field(default_factory=TelnyxSettings)
    signalwire: SignalWireSettings = field(default_factory=SignalWireSettings)
    plivo: PlivoSettings = field(default_factory=PlivoSettings)
    vonage: VonageSettings = field(default_factory=VonageSettings)
    audiohook: AudiohookSettings = field(default_factory=AudiohookSettings)
    lookup: LookupSettings = field(default_factory=LookupSettings)
    notify: tuple[ChannelSettings, ...] = ()  # by which alerts leave this machine
    summary: SummarySettings = field(default_factory=SummarySettings)
    public_url: str | None = None  # where people's browsers find this server: links in those alerts
    phone: PhoneSettings = field(default_factory=PhoneSettings)
    log_format: Literal["console", "json"] = "console"
    demo: bool = False
    setup: bool = False  # print a link for the first admin

    @property
    def engine_by_language(self) -> Mapping[str, str]:
        """Every language of this deployment with its engine's name; the default language comes first."""
        return {self.language: self.engine, **self.engines}

    def address(self, port: int) -> str:
        """Where browsers on this machine find the server."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{port}"

    def described(self) -> dict[str, Any]:
        """Every setting as JSON has it, for the audit; of a secret only whether there is one."""
        return _described(asdict(self)) | {"notify": [described_channel(channel) for channel in self.notify]}

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host == "localhost" or (_is_ip(self.host) and ip_address(self.host).is_loopback)


PARTS: Mapping[str, type] = {  # sections whose keys have names of ours
    "mqtt": MqttSettings,
    "oidc": OidcSettings,
    "lookup": LookupSettings,
    "summary": SummarySettings,
    "phone": PhoneSettings,
    "phone.asterisk": AsteriskPhone,
    "phone.twilio": TwilioPhone,
    "twilio": TwilioSettings,
    "telnyx": TelnyxSettings,
    "signalwire": SignalWireSettings,
    "plivo": PlivoSettings,
    "vonage": VonageSettings,
    "audiohook": AudiohookSettings,
}


def default_data_dir() -> Path:
    """Where calls are kept by default: `$XDG_DATA_HOME/voiceassist`."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "voiceassist"


def os_user() -> str:
    """Who runs this server, as the operating system says; "local" where that is no person."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no entry for this user id: a container
        return "local"
    return "local" if name in ("", "root", SERVER) else name


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    **given: Any,  # noqa: ANN401 - whatever Settings take
) -> Settings:
    """Settings from file, environment and command line (`given`; None means not given). Raises ConfigError."""
    merged = _merged(_from_file(file), _from_environment(environment))
    merged["notify"] = with_secrets(merged.get("notify", []), environment, ENV_PREFIX, file)
    return _validated(_merged(merged, {key: value for key, value in given.items() if value is not None}), file)


def _validated(values: dict[str, Any], file: Path | None) -> Settings:
    if "model_dir" in values:
        raise ConfigError(
            'setting `model_dir` is now a part of `engine`: say `engine = "vosk:<the model\'s folder>"`'
        )
    _check_names(values, file)
    try:
        settings = _adapter().validate_python(values, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        key = _key_of(first["loc"], values)
        places = [_in_environment(key), "the command line"]
        where = " or ".join([str(file), *places] if file else places)
        raise ConfigError(
            f"setting `{key}`: {first['msg']} (got {_shown(key, first['input'])} from {where})"
        ) from None
    if "models_dir" not in values:
        settings = replace(settings, models_dir=settings.data_dir / MODELS)
    return _checked(_with_languages(settings))


def _key_of(place: tuple[int | str, ...], values: Mapping[str, Any]) -> str:
    """A place in the settings as people write it; a channel is called by its name, not by its number."""
    match place:
        case ("notify", int(number), *rest):
            place = ("notify", values["notify"][number]["name"], *map(str, rest))
    return ".".join(map(str, place))


@cache  # it takes longer to make than to use
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def _check_names(values: dict[str, Any], file: Path | None) -> None:
    """Raises ConfigError for a setting that there is not, with the nearest one that there is."""
    settings = _names_of(Settings)
    parts = [f"{section}.{name}" for section, cls in PARTS.items() for name in _names_of(cls)]
    given = [*values, *(f"{section}.{name}" for section in PARTS for name in _within(values, section))]
    unknown = next((name for name in given if name not in (*settings, *parts)), None)
    if unknown is None:
        return
    near = nearest(unknown, (*settings, *parts))
    hint = (
        f"did you mean `{near}` ({_in_environment(near)})?" if near else f"there are {', '.join(sorted(settings))}"
    )
    where = f"{file} or {_in_environment(unknown)}" if file else _in_environment(unknown)
    raise ConfigError(f"setting `{unknown}` (from {where}): there is no such setting; {hint}")


def _within(values: dict[str, Any], section: str) -> dict[str, Any]:
    """What is given in a section, or in one of a section; nothing where there is none."""
    for name in section.split("."):
        inside = values.get(name)
        values = inside if isinstance(inside, dict) else {}
    return values


def _names_of(cls: type) -> list[str]:
    return [part.name for part in fields(cls)]


def _in_environment(key: str) -> str:
    return f"{ENV_PREFIX}{key.upper().replace('.', '__')}"


def _with_languages(settings: Settings) -> Settings:
    """All languages spelt alike, and every engine and playbook for a language that calls may have."""
    settings = replace(
        settings,
        language=_language("language", settings.language),
        engines={_language("engines", tag): name for tag, name in settings.engines.items()},
        playbooks={_language("playbooks", tag): path for tag, path in settings.playbooks.items()},
    )
    if settings.language in settings.engines:
        raise ConfigError(
            f"setting `engines.{settings.language}`: {settings.language!r} is the default language, "
            "whose engine is set by `engine`"
        )
    for tag in settings.playbooks:
        if tag not in settings.engines:
            by = "its playbook is set by `playbook`" if tag == settings.language else f"set `engines.{tag}` too"
            raise ConfigError(f"setting `playbooks.{tag}`: {tag!r} is none of `engines`: {by}")
    return settings


def spelt(tag: str) -> str:
    """A language tag in one spelling: "EN_us" is "en-us" (the environment has no hyphens)."""
    return tag.strip().lower().replace("_", "-")


def _language(key: str, tag: str) -> str:
    if is_language(spelt(tag)):
        return spelt(tag)
    raise ConfigError(f"setting `{key}`: {tag!r} is not a language tag such as 'en', 'es' or 'en-us'")


def _described(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _described_value(key, value) for key, value in values.items()}


def _described_value(key: str, value: object) -> object:
    if is_secret(key):
        return "set" if value else "not set"
    if isinstance(value, Mapping):
        return _described(value)
    return str(value) if isinstance(value, Path) else value


def is_secret(key: str) -> bool:
    """Whether a setting of this name is never shown."""
    return any(part in key for part in ("password", "token", "secret", "recording_keys", "webhook"))


def _shown(key: str, value: object) -> str:
    """The value that was wrong, unless it may be a secret."""
    return "a secret" if is_secret(key) else repr(value)


def _checked(settings: Settings) -> Settings:
    hosts = tuple(host.strip().lower() for host in settings.allowed_hosts if host.strip())
    proxies = tuple(map(_proxy, filter(None, map(str.strip, settings.trusted_proxies))))
    settings = replace(settings, allowed_hosts=hosts, trusted_proxies=proxies, person=settings.person.strip())
    if not 0 <= settings.port <= 65_535:  # noqa: PLR2004 - TCP's own range
        raise ConfigError(f"setting `port`: {settings.port} is not between 0 and 65535")
    if settings.decode_workers < 1:
        raise ConfigError(f"setting `decode_workers`: {settings.decode_workers} is less than 1")
    check_max_calls(settings.max_calls)
    _check_between("line_grace_s", settings.line_grace_s, 0, LONGEST_GRACE_S)
    _check_between("idle_after_s", settings.idle_after_s, SHORTEST_IDLE_S, LONGEST_IDLE_S)
    _check_between("listen_delay_s", settings.listen_delay_s, 0, LONGEST_LISTEN_DELAY_S)
    _check_keys("pause_keys", settings.pause_keys)
    _check_keys("resume_keys", settings.resume_keys)
    if settings.follow_up_days < 0:
        raise ConfigError(f"setting `follow_up_days`: {settings.follow_up_days} is less than 0")
    if hidden := hidden_in(settings.person):
        raise ConfigError(f"setting `person`: it has the character {hidden}, which nobody sees")
    if not 0 < len(settings.person) <= PERSON_CHARS or settings.person.casefold() == SERVER:
        raise ConfigError(
            f"setting `person`: {settings.person!r} must have 1 to {PERSON_CHARS} characters and not be "
            f"{SERVER!r}, who stands for the server itself"
        )
    check_oidc(settings.oidc)
    check_public_urls({"twilio": settings.twilio.public_url, "plivo": settings.plivo.public_url})
    check_audiohook(settings.audiohook)
    check_lookup(settings.lookup)
    check_summary(settings.summary)
    check_channels(settings.notify, has_broker=settings.mqtt.host is not None)
    _check_public_url(settings.public_url)
    check_phone(settings.phone)
    return settings


def _check_public_url(url: str | None) -> None:
    if url is not None and not re.fullmatch(r"https?://[^\s/?#]+/?", url):
        raise ConfigError(f"setting `public_url`: {url!r} is not like 'https://calls.example.com'")


def _check_between(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ConfigError(f"setting `{name}`: {value:g} is not between {least} and {most}")


def _proxy(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError:
        told = "is neither an address nor a network such as 10.0.0.0/8"
        raise ConfigError(f"setting `trusted_proxies`: {text!r} {told}") from None
    if not network.prefixlen:
        raise ConfigError(f"setting `trusted_proxies`: {text!r} is everybody, so anybody could say who they are")
    return str(network.network_address) if network.num_addresses == 1 else text


def _check_keys(name: str, keys: str) -> None:
    if len(keys) > TELEPHONE_KEYS_IN_A_ROW or not set(keys) <= TELEPHONE_KEYS:
        raise ConfigError(
            f"setting `{name}`: {keys!r} must be up to {TELEPHONE_KEYS_IN_A_ROW} of the keys "
            f"{''.join(sorted(TELEPHONE_KEYS))}, such as '*7'"
        )


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: there is no such configuration file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith(ENV_PREFIX) and not name.startswith(NOT_SETTINGS):
            *sections, key = name.removeprefix(ENV_PREFIX).lower().split("__")
            place = values
            for section in sections:
                place = place.setdefault(section, {})
                if not isinstance(place, dict):
                    raise ConfigError(
                        f"setting `{section}`: it is a section; {name} does not fit {ENV_PREFIX}{section}"
                    )
            place[key] = value.split(",") if key in LISTS else value
    return values


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return {**base, **over, **{name: _section(name, base, over) for name in SECTIONS if name in base | over}}


def _section(name: str, base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    parts = [values[name] for values in (base, over) if name in values]
    if not all(isinstance(part, dict) for part in parts):
        raise ConfigError(f"setting `{name}`: it is a section; with {SECTIONS[name]}")
    joined: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            before = joined.get(key)
            deeper = isinstance(before, dict) and isinstance(value, dict)
            joined[key] = {**(before or {}), **value} if deeper else value
    return joined


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
