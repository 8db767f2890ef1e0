"""Keys of recordings: from the settings or a file, the newest first, and never shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shell.recording_keys import FIRST, SECOND, keys
from voiceassist.config import load_settings
from voiceassist.errors import ConfigError
from voiceassist.store.recording_keys import recording_keys


def keys_of(environment: dict[str, str] | None = None, **given: Any) -> list[bytes]:
    return [key.secret for key in recording_keys(load_settings(environment=environment or {}, **given))]


def test_without_a_key_nothing_is_encrypted() -> None:
    assert keys_of() == []


def test_keys_come_from_the_environment_the_newest_first() -> None:
    assert keys_of({"VOICEASSIST_RECORDING_KEYS": f"{SECOND}, {FIRST}"}) == [b"\2" * 32, b"\1" * 32]


def test_keys_come_from_a_file_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# of November\n{SECOND}\n\n  {FIRST}  \n")
    assert keys_of({"VOICEASSIST_RECORDING_KEY_FILE": str(file)}) == [b"\2" * 32, b"\1" * 32]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no key in it"),
        ("# only this\n", "has no key in it"),
        (f"{FIRST}\nSECRET-not-base64\n", "line 2 is no base64"),
        ("c2hvcnQ=\n", "line 1 has 5 bytes"),
        ("SECRET-é\n", "is no text"),
    ],
)
def test_a_file_that_cannot_work_is_named_and_never_quoted(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(ConfigError, match=told) as caught:
        keys_of(recording_key_file=file)
    assert str(file) in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert FIRST not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"recording_key_file.*nowhere cannot be read: No such file"):
        keys_of(recording_key_file=tmp_path / "nowhere")


@pytest.mark.parametrize("given", ["", f"{FIRST},", "SECRET", f"{FIRST},SECRET-2"])
def test_a_setting_that_cannot_work_never_turns_encryption_off_in_silence(given: str) -> None:
    with pytest.raises(ConfigError, match=r"`recording_keys`: key \d") as caught:
        keys_of({"VOICEASSIST_RECORDING_KEYS": given})
    assert "SECRET" not in str(caught.value)


def test_keys_in_two_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set one of them"):
        keys_of(recording_keys=(FIRST,), recording_key_file=tmp_path / "keys")


def test_no_key_stands_in_a_dump_of_the_settings_or_of_the_keys() -> None:
    settings = load_settings(environment={"VOICEASSIST_RECORDING_KEYS": f"{FIRST},{SECOND}"})
    dumped = json.dumps(settings.described()) + repr(settings) + repr(keys(FIRST, SECOND))
    assert settings.described()["recording_keys"] == "set"
    for text in (FIRST, SECOND, repr(b"\1" * 32)[2:-1]):
        assert text not in dumped


def test_keys_of_the_wrong_type_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    for text in (f'recording_keys = "{FIRST}"\n', f'recording_keys = [["{FIRST}"]]\n'):
        file.write_text(text)
        with pytest.raises(ConfigError, match="recording_keys") as caught:
            load_settings(file, {})
        assert FIRST not in str(caught.value)
