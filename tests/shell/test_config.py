"""Settings: where they come from, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from voiceassist.config import default_data_dir, load_settings
from voiceassist.errors import ConfigError


def test_defaults_listen_on_this_machine_only() -> None:
    settings = load_settings(environment={})
    assert (settings.host, settings.port, settings.is_loopback) == ("127.0.0.1", 8710, True)


def test_command_line_beats_environment_beats_file(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    file.write_text('port = 1\nsite = "file"\nlanguage = "de"\n')
    environment = {"VOICEASSIST_PORT": "2", "VOICEASSIST_SITE": "environment"}
    settings = load_settings(file, environment, port=3)
    assert (settings.port, settings.site, settings.language) == (3, "environment", "de")


def test_broker_settings_merge_from_file_and_environment(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    file.write_text('[mqtt]\nhost = "broker"\nport = 1884\n')
    settings = load_settings(file, {"VOICEASSIST_MQTT__PASSWORD": "secret"})
    assert (settings.mqtt.host, settings.mqtt.port, settings.mqtt.password) == ("broker", 1884, "secret")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"VOICEASSIST_PORT": "eighty"}, ["`port`", "eighty", "VOICEASSIST_PORT"]),
        ({"VOICEASSIST_PORT": "70000"}, ["`port`", "70000"]),
        ({"VOICEASSIST_COLOUR": "red"}, ["`colour`"]),
        ({"VOICEASSIST_MQTT__PORT": "x"}, ["`mqtt.port`", "VOICEASSIST_MQTT__PORT"]),
        ({"VOICEASSIST_DECODE_WORKERS": "0"}, ["`decode_workers`"]),
        ({"VOICEASSIST_LOG_FORMAT": "xml"}, ["`log_format`", "xml"]),
        ({"VOICEASSIST_PERSON": " Voiceassist"}, ["`person`", "the server itself"]),
        ({"VOICEASSIST_PERSON": " "}, ["`person`", "1 to 200 characters"]),
    ],
)
def test_setting_that_cannot_work_is_named_with_its_value(environment: dict[str, str], named: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environment=environment)
    assert all(part in str(caught.value) for part in named), str(caught.value)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"VOICEASSIST_PROT": "1"}, ["`prot`", "VOICEASSIST_PROT", "did you mean `port` (VOICEASSIST_PORT)?"]),
        ({"VOICEASSIST_MQTT__HSOT": "b"}, ["`mqtt.hsot`", "VOICEASSIST_MQTT__HSOT", "`mqtt.host`"]),
        ({"VOICEASSIST_MQTT_HOST": "b"}, ["`mqtt_host`", "`mqtt.host` (VOICEASSIST_MQTT__HOST)"]),
        ({"VOICEASSIST_ENGINE__ES": "auto"}, ["`engine`"]),
        ({"VOICEASSIST_XYZ": "1"}, ["`xyz`", "there are allowed_hosts, ", "site"]),
    ],
)
def test_setting_that_there_is_not_names_the_nearest_one(environment: dict[str, str], told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environment=environment)
    assert all(part in str(caught.value) for part in told), str(caught.value)


def test_setting_that_the_file_spells_wrongly_is_told_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    file.write_text('prot = 9000\n[mqqt]\nhost = "broker"\n')
    with pytest.raises(ConfigError, match=r"`prot` \(from .*voiceassist\.toml or VOICEASSIST_PROT\).*`port`"):
        load_settings(file, {})
    file.write_text('[mqqt]\nhost = "broker"\n')
    with pytest.raises(ConfigError, match=r"`mqqt`.*`mqtt`"):
        load_settings(file, {})


def test_models_are_kept_with_the_data_unless_told_otherwise(tmp_path: Path) -> None:
    assert load_settings(environment={}).models_dir == default_data_dir() / "models"
    assert load_settings(environment={}, data_dir=tmp_path).models_dir == tmp_path / "models"
    assert load_settings(environment={"VOICEASSIST_MODELS_DIR": "/elsewhere"}).models_dir == Path("/elsewhere")


def test_languages_come_from_file_and_environment_in_one_spelling(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    file.write_text('language = "EN"\n[engines]\nes = "vosk"\nfr = "auto"\n[playbooks]\nes = "chico.yaml"\n')
    settings = load_settings(file, {"VOICEASSIST_ENGINES__ES": "auto", "VOICEASSIST_ENGINES__PT_BR": "vosk"})
    assert settings.engine_by_language == {"en": "auto", "es": "auto", "fr": "auto", "pt-br": "vosk"}
    assert next(iter(settings.engine_by_language)) == "en"
    assert settings.playbooks == {"es": Path("chico.yaml")}


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"language": "english please"}, ["`language`", "'english please'", "'en'"]),
        ({"engines": {"": "auto"}}, ["`engines`", "''"]),
        ({"engines": {"en": "moonshine"}}, ["`engines.en`", "default language", "`engine`"]),
        ({"playbooks": {"es": "x.yaml"}}, ["`playbooks.es`", "set `engines.es` too"]),
        ({"playbooks": {"en": "x.yaml"}}, ["`playbooks.en`", "`playbook`"]),
        ({"engines": "auto"}, ["`engines`", "section", "`engines.es"]),
        ({"engines": {"es": 5}}, ["`engines.es`", "got 5"]),
        ({"model_dir": "/models/es"}, ["`model_dir`", "`engine`", "vosk:"]),
    ],
)
def test_languages_that_cannot_work_are_named_with_what_would(given: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environment={}, **given)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_settings(tmp_path / "nowhere.toml", {})
    (tmp_path / "broken.toml").write_text("port = [")
    with pytest.raises(ConfigError, match=r"broken\.toml: not valid TOML"):
        load_settings(tmp_path / "broken.toml", {})
