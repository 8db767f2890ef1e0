"""What the guides of Twilio, its relatives and Vonage tell to paste is what the server and the callers take."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import voiceassist
from voiceassist.callers.protocols import PROTOCOLS as CALLERS
from voiceassist.config import load_settings
from voiceassist.ingest.parameters import parse_parameters
from voiceassist.ingest.protocols import PROTOCOLS

GUIDES = Path(voiceassist.__file__).parent / "guides"
NAMES = ("twilio", "telnyx", "signalwire", "plivo", "vonage")
guides = pytest.mark.parametrize("name", NAMES)


def blocks(name: str, language: str) -> list[str]:
    text = (GUIDES / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@guides
def test_settings_to_paste_are_settings(name: str) -> None:
    for block in blocks(name, "toml"):
        uncommented = re.sub(r"^# (\w+ = )", r"\1", block, flags=re.MULTILINE)
        for text in (block, uncommented):
            load_settings(environment={}, **tomllib.loads(text))


@guides
def test_xml_and_json_to_paste_are_well_formed_and_name_our_parameters(name: str) -> None:
    for block in blocks(name, "xml"):
        for stream in ET.fromstring(block.replace("{{From}}", "42")).iter("Stream"):
            address = stream.get("url") or (stream.text or "").strip()
            assert address.startswith(f"wss://calls.example.com/ingest/{name}")
            for parameter in stream.iter("Parameter"):
                told = {parameter.attrib["name"]: parameter.attrib["value"]}
                assert parse_parameters({}, told) != parse_parameters({}, {}), told
    for block in blocks(name, "json"):
        assert f"wss://calls.example.com/ingest/{name}" in json.dumps(json.loads(block))


@guides
def test_the_command_that_tries_it_names_the_protocol_and_options_that_it_has(name: str) -> None:
    text = (GUIDES / f"{name}.md").read_text(encoding="utf-8")
    (command, *_) = re.findall(r"`(voiceassist call [^`]*)`", text)
    words = shlex.split(command)
    assert words[words.index("--protocol") + 1] == name
    assert {name} <= set(PROTOCOLS) & set(CALLERS)
    options = {option.partition("=")[0] for option in re.findall(r"--set (\w+=)", text)}
    assert options <= set(CALLERS[name].options)
