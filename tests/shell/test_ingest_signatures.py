"""What phone systems sign: Twilio by its own SDK, Plivo by values of its SDK, Vonage's tokens by their claims."""

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from twilio.request_validator import HMAC_SHA256, RequestValidator

from tests.fakes.media_streams import WIRINGS, placed
from voiceassist.callers.caller import CallerLine
from voiceassist.callers.vonage import VonageCaller
from voiceassist.config import load_settings
from voiceassist.errors import ConfigError
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.media_streams.signatures import NO_PROOF, Proof, plivo_signed, twilio_signed, vonage_signed
from voiceassist.ingest_settings import PlivoSettings, TwilioSettings, VonageSettings

TOKEN = "12345"
SETTINGS = TwilioSettings(auth_token=TOKEN)
SDK = RequestValidator(TOKEN)
URL = "wss://calls.example.com/ingest/twilio"
SECRET = "s" * 32
NOW_S = 1_800_000_000


def asked(url: str, signature: str, **headers: str) -> Handshake:
    return Handshake(url=url, headers={"x-twilio-signature": signature, **headers})


def signature_of(url: str, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, {}))


def test_the_vector_that_was_made_with_the_sdk_holds() -> None:
    handshake = asked("wss://example.com/media", "7PR3qMkpDyEJtMrVOY/LDyNq8J8=")
    assert twilio_signed(handshake, SETTINGS) == Proof(by="twilio")


def test_without_a_secret_nothing_is_checked() -> None:
    assert twilio_signed(asked(URL, "wrong"), TwilioSettings()) is NO_PROOF
    assert plivo_signed(asked(URL, "wrong"), PlivoSettings()) is NO_PROOF
    assert vonage_signed(asked(URL, "wrong"), VonageSettings(), NOW_S) is NO_PROOF


HOSTS = st.sampled_from(["calls.example.com", "calls.example.com:443", "calls.example.com:8443", "10.0.0.7:80"])
PATHS = st.sampled_from(["/ingest/twilio", "/ingest/twilio/va_key-1", "/", "/prefix/ingest/twilio/"])
QUERIES = st.sampled_from(["", "?customer_track=outbound", "?a=1&b=%20x"])


@given(host=HOSTS, path=PATHS, query=QUERIES)
def test_what_the_sdk_signs_is_taken_and_nothing_else(host: str, path: str, query: str) -> None:
    url = f"wss://{host}{path}{query}"
    assert twilio_signed(asked(url, signature_of(url)), SETTINGS) == Proof(by="twilio")
    wrong = [
        signature_of(url, "54321"),
        signature_of(url.replace("ingest", "egress") if "ingest" in url else f"{url}x"),
        signature_of(url)[:-2],
        signature_of(url).swapcase(),
        "",
        "é",
    ]
    for signature in wrong:
        found = twilio_signed(asked(url, signature), SETTINGS)
        assert found.by == ""
        assert "twilio.auth_token" in found.forged
        assert "va_key" not in found.forged


@given(host=HOSTS, path=PATHS)
def test_an_address_that_the_sdks_validator_takes_for_the_same_is_the_same(host: str, path: str) -> None:
    url = f"wss://{host}{path}"
    bare = f"wss://{host.split(':', maxsplit=1)[0]}"
    for other in (f"{bare}{path}", f"{bare}:80{path}"):
        if SDK.validate(url, {}, signature_of(other)):
            assert twilio_signed(asked(url, signature_of(other)), SETTINGS).by == "twilio"


@pytest.mark.parametrize(
    ("arrives", "signed"),
    [
        ("ws://calls.example.com/ingest/twilio", URL),
        ("wss://calls.example.com:443/ingest/twilio", URL),
        (URL, "wss://calls.example.com:443/ingest/twilio"),
        (URL, f"{URL}/"),
        (f"{URL}?x=1", URL),
    ],
)
def test_an_address_that_a_proxy_spells_otherwise_is_the_same(arrives: str, signed: str) -> None:
    assert twilio_signed(asked(arrives, signature_of(signed)), SETTINGS).by == "twilio"


def test_behind_a_proxy_that_changes_host_and_path_the_settings_say_what_is_signed() -> None:
    settings = TwilioSettings(auth_token=TOKEN, public_url="wss://calls.example.com/voice/")
    signature = signature_of("wss://calls.example.com/voice/ingest/twilio")
    assert twilio_signed(asked("ws://10.0.0.7:8710/ingest/twilio", signature), settings).by == "twilio"
    assert twilio_signed(asked("ws://10.0.0.7:8710/ingest/other", signature), settings).by == ""


def test_a_webhook_rule_signs_with_its_shared_key() -> None:
    url, secret = URL, "shared"
    signature = str(RequestValidator(secret).compute_signature(url, {}, HMAC_SHA256))
    rule = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    both = TwilioSettings(auth_token=TOKEN, shared_key_secret=secret)
    assert twilio_signed(asked(url, signature, **rule), both).by == "twilio"
    assert twilio_signed(asked(url, signature), both).by == ""
    assert "twilio.shared_key_secret" in twilio_signed(asked(url, signature, **rule), SETTINGS).forged
    assert (
        "twilio.auth_token" in twilio_signed(asked(url, signature), TwilioSettings(shared_key_secret="x")).forged
    )
    unknown = {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_MD5"}
    assert "HMAC_SHA256" in twilio_signed(asked(url, signature, **unknown), both).forged


def test_the_sdks_validator_takes_what_our_caller_signs() -> None:
    headers = WIRINGS[0].caller(auth_token=TOKEN).opening(URL).headers
    assert SDK.validate(URL, {}, headers["X-Twilio-Signature"])
    assert "X-Twilio-Signature" not in WIRINGS[0].caller().opening(URL).headers


# As plivo 4.63.0 signs a GET of these addresses: `validate_v3_signature` takes them.
PLIVO_SIGNED = {
    "https://calls.example.com/ingest/plivo": "wfYAzgf6OqIUsXY/6BpH3M1LuoVj4nbl+LmuwE1UHaU=",
    "wss://calls.example.com/ingest/plivo": "Mf/2Jdp6PR83tHwbbTQCj0ZtjQyE3/CXiR1C4O/Gl50=",
    "https://calls.example.com/ingest/plivo?b=2&a=1": "IU3mOI6mWlzZ0lU6z8QFk9wUzYTnHg25hw55E8sUm+U=",
    "http://calls.example.com/ingest/plivo/websocket": "E2ke+bCVPkQMtqXpw6Vv2ra8tL7yS/Ud/5DOnjsLdPs=",
}


def plivo_asked(url: str, signature: str, nonce: str = "n-1") -> Handshake:
    return Handshake(url=url, headers={"x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": nonce})


@pytest.mark.parametrize(("url", "signature"), PLIVO_SIGNED.items())
def test_what_plivos_sdk_signs_is_taken(url: str, signature: str) -> None:
    arrives = url.replace("https://", "ws://").replace("http://", "ws://").removesuffix("/websocket")
    settings = PlivoSettings(auth_token=TOKEN)
    assert plivo_signed(plivo_asked(arrives, signature), settings).by == "plivo"
    assert plivo_signed(plivo_asked(arrives, f"other,{signature}"), settings).by == "plivo"
    for wrong in (
        plivo_asked(arrives, signature, "n-2"),
        plivo_asked(arrives, signature, ""),
        plivo_asked(f"{arrives}x", signature),
        plivo_asked(arrives, signature[1:]),
        plivo_asked(arrives, ""),
    ):
        assert "plivo.auth_token" in plivo_signed(wrong, settings).forged


def test_what_our_caller_signs_as_plivo_is_taken() -> None:
    headers = WIRINGS[6].caller(auth_token=TOKEN).opening("ws://calls.example.com/ingest/plivo").headers
    handshake = Handshake(
        url="ws://calls.example.com/ingest/plivo", headers={name.lower(): value for name, value in headers.items()}
    )
    assert plivo_signed(handshake, PlivoSettings(auth_token=TOKEN)).by == "plivo"


def token(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> Handshake:
    said = {"iss": "Vonage", "iat": NOW_S, "application_id": "app-1", **claims}
    given = {name: value for name, value in said.items() if value is not None}
    signed = jwt.encode({"alg": algorithm}, given, OctKey.import_key(secret), algorithms=[algorithm])
    return Handshake(url=URL, headers={"authorization": f"Bearer {signed}"})


VONAGE = VonageSettings(signature_secret=SECRET, application_id="app-1")


@pytest.mark.parametrize("claims", [{}, {"exp": NOW_S + 60}, {"iat": NOW_S - 200}, {"iat": NOW_S + 20}])
def test_a_token_of_vonage_is_taken(claims: dict[str, Any]) -> None:
    assert vonage_signed(token(**claims), VONAGE, NOW_S) == Proof(by="vonage")


@pytest.mark.parametrize(
    "handshake",
    [
        token("t" * 32),
        token(algorithm="HS512"),
        token(application_id="app-2"),
        token(application_id=None),
        token(iat=None),
        token(iat="now"),
        token(iat=NOW_S - 3600),
        token(iat=NOW_S + 3600),
        token(exp=NOW_S - 3600),
        Handshake(url=URL),
        Handshake(url=URL, headers={"authorization": "Bearer"}),
        Handshake(url=URL, headers={"authorization": "Bearer a.b.c"}),
        Handshake(url=URL, headers={"authorization": "Bearer é.é.é"}),
        Handshake(url=URL, headers={"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJpYXQiOjE4MDAwMDAwMDB9."}),
    ],
)
def test_a_token_that_does_not_hold_is_refused(handshake: Handshake) -> None:
    assert vonage_signed(handshake, VONAGE, NOW_S).forged


def test_what_our_caller_signs_as_vonage_is_taken() -> None:
    call = placed(signature_secret=SECRET, application_id="app-1")
    headers = VonageCaller(call, CallerLine(legs=("agent",), rate_hz=16_000)).opening(URL).headers
    claims = jwt.decode(headers["Authorization"].removeprefix("Bearer "), OctKey.import_key(SECRET)).claims
    handshake = Handshake(url=URL, headers={"authorization": headers["Authorization"]})
    assert vonage_signed(handshake, VONAGE, claims["iat"]).by == "vonage"


def test_a_short_secret_is_no_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert vonage_signed(token("short"), VonageSettings(signature_secret="short"), NOW_S).by == "vonage"


@pytest.mark.parametrize(
    "url", ["calls.example.com", "http://calls.example.com", "wss://", "wss://a:x/", "wss://a/?b"]
)
def test_a_public_url_that_nobody_asks_for_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match=r"`twilio\.public_url`"):
        load_settings(environment={"VOICEASSIST_TWILIO__PUBLIC_URL": url})


def test_secrets_of_the_settings_are_not_shown() -> None:
    told = load_settings(
        environment={
            "VOICEASSIST_TWILIO__AUTH_TOKEN": "hidden-1",
            "VOICEASSIST_TWILIO__SHARED_KEY_SECRET": "hidden-2",
            "VOICEASSIST_PLIVO__AUTH_TOKEN": "hidden-3",
            "VOICEASSIST_VONAGE__SIGNATURE_SECRET": "hidden-4",
        }
    )
    assert "hidden" not in repr(told)
    assert "hidden" not in repr(told.described())


def test_a_misspelt_setting_of_a_protocol_is_named() -> None:
    with pytest.raises(ConfigError, match=r"did you mean `twilio\.auth_token`"):
        load_settings(environment={"VOICEASSIST_TWILIO__AUTH_TOKE": "x"})
