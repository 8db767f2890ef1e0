"""Who may open an AudioHook session: the reference's vector, and everything that can be wrong with a signature."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError, IngestError
from voiceassist.ingest.audiohook.auth import (
    MAX_AGE_S,
    MAX_SKEW_S,
    SIGNED,
    Nonces,
    RequestProof,
    check_request,
    proof_of,
)
from voiceassist.ingest.audiohook.http_signature import Param, parse_signature, signature_of, signature_params

# Example 1 of the protocol's document and of the reference's signature-verifier.test.ts.
KEY = "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh"
SECRET = "TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU="
TARGET = "/api/v1/voicebiometrics/ws"
CREATED = 1641013200
HEADERS = {
    "host": "audiohook.example.com",
    "audiohook-organization-id": "d7934305-0972-4844-938e-9060eef73d05",
    "audiohook-session-id": "30b0e395-84d3-4570-ac13-9a62d8f514c0",
    "audiohook-correlation-id": "e160e428-53e2-487c-977d-96989bf5c99d",
    "x-api-key": KEY,
}
VECTOR = HEADERS | {
    "signature": "sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:",
    "signature-input": 'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id"'
    f' "audiohook-correlation-id" "x-api-key");keyid="{KEY}";nonce="VGhpc0lzQVVuaXF1ZU5vbmNl"'
    ';alg="hmac-sha256";created=1641013200;expires=3282026430',
}
SECRETS = {KEY: SECRET, "open": ""}
NONCE = "n" * 22


def check(headers: Mapping[str, str], *, now_s: float = CREATED, target: str = TARGET) -> None:
    check_request(target, headers, SECRETS, Nonces(), now_s)


def why(headers: Mapping[str, str], *, now_s: float = CREATED, target: str = TARGET) -> str:
    with pytest.raises(IngestError) as caught:
        check(headers, now_s=now_s, target=target)
    assert caught.value.code == "unauthorized"
    return str(caught.value)


def signed(
    *,
    secret: bytes = b"MySuperSecretKeyTellNo-1!2@3#4$5",
    components: tuple[str, ...] = SIGNED,
    headers: Mapping[str, str] = HEADERS,
    params: Mapping[str, Param | None] | None = None,
) -> dict[str, str]:
    """A request, signed; parameters that are None are left out."""
    said: dict[str, Param | None] = {"keyid": KEY, "nonce": NONCE, "alg": "hmac-sha256", "created": CREATED}
    kept = {name: value for name, value in {**said, **(params or {})}.items() if value is not None}
    values = {"@request-target": TARGET, "@authority": headers["host"], **headers}
    signature = signature_of({name: values.get(name, "") for name in components}, kept, secret)
    return dict(headers) | {
        "signature-input": f"sig1={signature_params(components, kept)}",
        "signature": f"sig1=:{b64encode(signature).decode()}:",
    }


def test_the_references_vector_is_good_for_ten_seconds() -> None:
    check(VECTOR)
    check(VECTOR, now_s=CREATED + MAX_AGE_S)
    assert "too old" in why(VECTOR, now_s=CREATED + MAX_AGE_S + 0.1)
    check(VECTOR, now_s=CREATED - MAX_SKEW_S)
    assert "future" in why(VECTOR, now_s=CREATED - MAX_SKEW_S - 0.1)


def test_the_order_of_what_is_covered_is_the_signers() -> None:
    check(signed(components=tuple(reversed(SIGNED))))
    check(signed(components=(*SIGNED, "date"), headers=HEADERS | {"date": "today"}))


@pytest.mark.parametrize("missing", SIGNED)
def test_a_signature_that_leaves_something_out_is_refused(missing: str) -> None:
    components = tuple(name for name in SIGNED if name != missing)
    assert f"does not cover {missing!r}" in why(signed(components=components))


@pytest.mark.parametrize("name", HEADERS)
def test_a_changed_or_missing_header_is_refused(name: str) -> None:
    assert why(signed() | {name: "other"})
    assert why(signed() | {name: ""})


def test_another_address_than_the_signed_one_is_refused() -> None:
    assert "does not fit" in why(signed(), target=f"{TARGET}?a=1")


def test_the_authority_is_compared_without_case_and_usual_port() -> None:
    for host in ("AudioHook.example.com", "audiohook.example.com:443", "audiohook.example.com:80"):
        check(signed() | {"host": host})
    assert "does not fit" in why(signed() | {"host": "audiohook.example.com:8443"})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"nonce": None}, "nonce"),
        ({"nonce": "n" * 21}, "nonce"),
        ({"nonce": "n" * 257}, "nonce"),
        ({"nonce": 1}, "nonce"),
        ({"keyid": None}, "keyid"),
        ({"keyid": "open"}, "keyid"),
        ({"alg": "hmac-sha512"}, "alg"),
        ({"created": None}, "created"),
        ({"created": "now"}, "created"),
        ({"expires": "never"}, "expires"),
        ({"expires": CREATED - 1}, "too old"),
        ({"tag": "x"}, "unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_refused(changes: dict[str, Param | None], told: str) -> None:
    assert told in why(signed(params=changes))


def test_alg_and_expires_may_be_left_out() -> None:
    check(signed(params={"alg": None}))
    check(signed(params={"expires": CREATED}))


def test_another_secret_is_refused_and_an_unknown_key_likewise() -> None:
    assert "does not fit" in why(signed(secret=b"other"))
    unknown = HEADERS | {"x-api-key": "unknown"}
    assert "does not fit" in why(signed(headers=unknown, params={"keyid": "unknown"}))
    assert "unknown" in why(unknown)
    assert "no `X-API-KEY`" in why({})


def test_a_key_with_a_secret_must_sign_and_one_without_must_not() -> None:
    assert "not signed" in why(HEADERS)
    unsigned = HEADERS | {"x-api-key": "open"}
    check(unsigned)
    for secret in (b"", b"\0", b"\0" * 32):
        assert "does not fit" in why(signed(headers=unsigned, params={"keyid": "open"}, secret=secret))


def test_a_replayed_request_is_refused_until_its_signature_is_too_old_anyway() -> None:
    nonces = Nonces()
    check_request(TARGET, signed(), SECRETS, nonces, CREATED)
    with pytest.raises(IngestError, match="used before"):
        check_request(TARGET, signed(), SECRETS, nonces, CREATED + MAX_AGE_S)
    with pytest.raises(IngestError, match="used before"):  # with the same nonce, however it is signed
        check_request(TARGET, signed(params={"created": CREATED + 5}), SECRETS, nonces, CREATED + 5)


def test_nonces_are_forgotten_with_their_signatures_and_never_more_than_so_many() -> None:
    nonces = Nonces(limit=2)
    nonces.take(KEY, "one", 0.0)
    nonces.take(KEY, "two", 0.0)
    with pytest.raises(IngestError, match="too many"):
        nonces.take(KEY, "three", 1.0)
    nonces.take(KEY, "one", MAX_AGE_S + MAX_SKEW_S + 1.0)
    assert len(nonces.taken) == 1


def test_a_wrong_signature_uses_up_no_nonce() -> None:
    nonces = Nonces()
    with pytest.raises(IngestError):
        check_request(TARGET, signed(secret=b"other"), SECRETS, nonces, CREATED)
    check_request(TARGET, signed(), SECRETS, nonces, CREATED)


def test_only_configured_keys_will_do_and_keys_of_ours() -> None:
    def proof(
        headers: Mapping[str, str], secrets: Mapping[str, str] = SECRETS, target: str = TARGET
    ) -> RequestProof:
        return proof_of(target, headers, secrets, Nonces(), CREATED)

    ours = HEADERS | {"x-api-key": "va_abc"}
    assert proof(signed()) == RequestProof(signed_by=f"audiohook {KEY}")
    assert proof({}).refusal
    assert proof(HEADERS | {"x-api-key": "other"}).refusal
    assert proof(ours) == RequestProof(key="va_abc")
    # What a key in the address may do, or an open server without API keys, the server knows.
    assert proof(HEADERS | {"x-api-key": "other"}, target=f"{TARGET}/va_abc?x=1") == RequestProof()
    assert proof(signed(headers=ours)).refusal
    assert proof(HEADERS, {}) == proof(signed(), {}) == RequestProof()


@pytest.mark.parametrize(
    ("signature_input", "signature"),
    [
        ("", "sig1=:AAAA:"),
        ('sig1=("a")', ""),
        ('sig2=("a")', "sig1=:AAAA:"),
        ('sig1="a"', "sig1=:AAAA:"),
        ('sig1=("a"', "sig1=:AAAA:"),
        ('sig1=("a""b")', "sig1=:AAAA:"),
        ('sig1=("a" "a")', "sig1=:AAAA:"),
        ('sig1=("a";sf)', "sig1=:AAAA:"),
        ("sig1=(a)", "sig1=:AAAA:"),
        ('sig1=("a");created=1.5', "sig1=:AAAA:"),
        ('sig1=("a");created', "sig1=:AAAA:"),
        ('sig1=("a");created=1;created=2', "sig1=:AAAA:"),
        ('sig1=("a"),', "sig1=:AAAA:"),
        ('sig1=("a")', "sig1=AAAA"),
        ('sig1=("a")', "sig1=:AAA:"),
        ('sig1=("a")', "sig1=:AAAA:,"),
        ('sig1=("ü")', "sig1=:AAAA:"),
        ('sig1=("a' + "\\" * 5000, "sig1=:AAAA:"),
    ],
)
def test_anything_but_a_strict_header_is_refused(signature_input: str, signature: str) -> None:
    with pytest.raises(IngestError) as caught:
        parse_signature(signature_input, signature)
    assert caught.value.code == "unauthorized"


def test_spaces_and_further_signatures_are_read_and_the_first_counts() -> None:
    found = parse_signature('a=( "x"  "y\\"" ); n="\\\\";created=5 , b=("z")', " b=:BBBB:,\ta=:AAAA:")
    assert (found.components, found.params, found.signature) == (("x", 'y"'), {"n": "\\", "created": 5}, b"\0\0\0")
    assert signature_params(found.components, found.params) == '("x" "y\\"");n="\\\\";created=5'


# The draft's own example of HMAC, appendix B.2.5, whose answer is known.
def test_the_drafts_example_is_computed_alike() -> None:
    secret = b64decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
    found = parse_signature(
        'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
        "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
    )
    values = ("Tue, 20 Apr 2021 02:07:55 GMT", "example.com", "application/json")
    assert signature_of(dict(zip(found.components, values, strict=True)), found.params, secret) == found.signature


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_header_says_it_is_refused_in_words(signature_input: str, signature: str) -> None:
    why(HEADERS | {"signature-input": f"sig1=({signature_input}", "signature": signature})


# ---- settings ---------------------------------------------------------------------------------------------


def settings_of(tmp_path: Path, toml: str) -> Settings:
    file = tmp_path / "voiceassist.toml"
    file.write_text(toml)
    return load_settings(file, environment={})


def test_client_secrets_come_from_the_file_and_are_described_to_nobody(tmp_path: Path) -> None:
    toml = f'[audiohook]\ntranscripts = true\n[audiohook.client_secrets]\n"{KEY}" = "{SECRET}"\n"open" = ""\n'
    settings = settings_of(tmp_path, toml)
    assert settings.audiohook.client_secrets == {KEY: SECRET, "open": ""}
    told = f"{settings.described()} {settings!r}"
    assert SECRET not in told
    assert KEY not in told


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[audiohook.client_secrets]\n"key" = "no base64!"', "is not base64"),
        ('[audiohook.client_secrets]\n"" = ""', "empty"),
        ("[audiohook]\npartials = true", "audiohook.transcripts"),
        ("[audiohook]\ntranscript = true", "audiohook.transcripts"),
        ("audiohook = 1", "section"),
    ],
)
def test_settings_that_cannot_work_are_named_without_their_secret(tmp_path: Path, toml: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        settings_of(tmp_path, toml)
    assert "no base64!" not in str(caught.value)
