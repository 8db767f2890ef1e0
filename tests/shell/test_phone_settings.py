"""`[phone.asterisk]` and `[phone.twilio]`: read from file and environment, and refused when they cannot work."""

from pathlib import Path
from typing import Any

import pytest

from voiceassist.config import load_settings
from voiceassist.errors import ConfigError
from voiceassist.phone_settings import AsteriskPhone

ASTERISK = {"url": "https://pbx.example:8089/ari", "user": "va", "password": "s3cret"}
TWILIO = {"account_sid": "AC" + "0" * 32, "auth_token": "t0ken", "from_number": "+15550100"}


def test_the_environment_fills_what_the_file_leaves_out_and_secrets_are_never_described(tmp_path: Path) -> None:
    file = tmp_path / "va.toml"
    file.write_text('[phone.asterisk]\nurl = "https://pbx.example:8089/ari"\nuser = "va"\napp = "file"\n')
    environment = {"VOICEASSIST_PHONE__ASTERISK__PASSWORD": "s3cret", "VOICEASSIST_PHONE__ASTERISK__APP": "env"}
    settings = load_settings(file, environment)
    assert settings.phone.asterisk == AsteriskPhone(**ASTERISK, app="env")
    assert "s3cret" not in f"{settings} {settings.described()}"


def test_without_a_section_no_phone_system_is_acted_in() -> None:
    phone = load_settings(environment={}).phone
    assert (phone.asterisk.url, phone.twilio.account_sid) == (None, None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"asterisk": ASTERISK | {"url": "http://pbx.example:8088/ari"}}, "phone.asterisk.url"),
        ({"asterisk": ASTERISK | {"password": ""}}, "phone.asterisk.user"),
        ({"asterisk": ASTERISK | {"app": "a.b"}}, "phone.asterisk.app"),
        ({"asterisk": ASTERISK | {"endpoint": "PJSIP/201"}}, "phone.asterisk.endpoint"),
        ({"asterisk": ASTERISK | {"pasword": "x"}}, "did you mean `phone.asterisk.password`"),
        ({"asterix": {}}, "did you mean `phone.asterisk`"),
        ({"asterisk": 7}, "phone.asterisk"),
        ({"twilio": TWILIO | {"account_sid": "AC17"}}, "phone.twilio.account_sid"),
        ({"twilio": TWILIO | {"auth_token": None}}, "phone.twilio.auth_token"),
        ({"twilio": TWILIO | {"from_number": ""}}, "phone.twilio.from_number"),
        ({"twilio": TWILIO | {"url": "ftp://x"}}, "phone.twilio.url"),
    ],
)
def test_a_setting_that_cannot_work_is_named_without_its_secret(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_settings(environment={}, phone=given)
    assert "s3cret" not in str(caught.value)
    assert "t0ken" not in str(caught.value)


def test_an_api_key_does_instead_of_the_token() -> None:
    given = TWILIO | {"auth_token": None, "api_key": "SK1", "api_secret": "x"}
    assert load_settings(environment={}, phone={"twilio": given}).phone.twilio.api_key == "SK1"
