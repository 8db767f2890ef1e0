"""The list of models to pull: complete, spelt as the vendor spells, without a checksum that cannot be one."""

import re
from pathlib import Path

import pytest
from moonshine_voice.utils import get_assets_path
from pydantic import TypeAdapter

from voiceassist.core.words.languages import is_language
from voiceassist.errors import ModelError
from voiceassist.speech_models import manifest
from voiceassist.speech_models.files import sha256_of
from voiceassist.speech_models.language import language_of_name
from voiceassist.speech_models.layout import MOONSHINE, VOCABULARY
from voiceassist.speech_models.manifest import ModelEntry, entry_to_pull, load_manifest
from voiceassist.speech_models.vendor_list import Listed

ENTRIES = load_manifest()
LANGUAGES = {"en-us", "en-in", "es", "de", "fr", "pt", "it", "hi", "zh"}
VOSK = [entry for entry in ENTRIES if entry.engine == "vosk"]
MOONSHINE_MODELS = [entry for entry in ENTRIES if entry.engine == "moonshine"]


def test_every_language_has_a_small_and_a_large_model_of_vosks() -> None:
    assert {entry.language for entry in VOSK} == LANGUAGES
    for language in LANGUAGES:
        assert {"small", "large"} == {entry.size for entry in VOSK if entry.language == language}


@pytest.mark.parametrize("entry", MOONSHINE_MODELS, ids=lambda entry: entry.name)
def test_a_model_of_moonshines_comes_as_the_files_that_its_engine_needs(entry: ModelEntry) -> None:
    assert [file.name for file in entry.files] == list(MOONSHINE)
    assert sum(file.size_bytes for file in entry.files) == entry.size_bytes
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256 or "") for file in entry.files)
    assert entry.url.startswith("https://download.moonshine.ai/model/")
    assert is_language(entry.language)


def test_the_vocabulary_of_base_is_that_of_the_embedded_model() -> None:
    (base,) = MOONSHINE_MODELS
    (vocabulary,) = [file for file in base.files if file.name == VOCABULARY]
    assert vocabulary.sha256 == sha256_of(Path(get_assets_path()) / "tiny-en" / VOCABULARY)


def test_names_are_told_apart() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("entry", VOSK, ids=lambda entry: entry.name)
def test_an_entry_is_spelt_as_the_vendor_spells(entry: ModelEntry) -> None:
    assert entry.url == f"https://alphacephei.com/vosk/models/{entry.name}.zip"
    assert is_language(entry.language)
    assert language_of_name(entry.name) == entry.language
    assert 20e6 < entry.size_bytes < 3e9
    assert entry.unpacked_bytes is None or entry.size_bytes < entry.unpacked_bytes < 2 * entry.size_bytes
    assert entry.licence
    assert entry.notes


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_checksum_is_one_or_left_out(entry: ModelEntry) -> None:
    assert entry.sha256 is None or re.fullmatch("[0-9a-f]{64}", entry.sha256)
    assert entry.md5 is None or re.fullmatch("[0-9a-f]{32}", entry.md5)


def test_every_small_model_has_a_sha256() -> None:
    assert all(entry.sha256 for entry in ENTRIES if entry.size == "small")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("vosk-model-small-es-0.4", "vosk-model-small-es-0.42"),
        ("vosk-small-de", "vosk-model-small-de-0.15"),
        ("small-hi", "vosk-model-small-hi-0.22"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_come_near(name: str, near: str) -> None:
    with pytest.raises(ModelError, match=f"{name} is not on the list .*did you mean .*{near}"):
        entry_to_pull(name)


def test_a_streaming_model_is_answered_with_the_reason_and_the_one_to_take() -> None:
    with pytest.raises(ModelError, match=r"did you mean moonshine-base-en\?\); Moonshine's streaming .* cannot"):
        entry_to_pull("moonshine-small-streaming-en")


def test_a_name_like_none_of_ours_is_answered_with_what_else_to_do() -> None:
    with pytest.raises(ModelError, match=r"zzz is not on the list of models to pull; .*voiceassist models add"):
        entry_to_pull("zzz")


@pytest.mark.parametrize("text", ["model = 5", "[[model]]\nname = 'x'", "[[model]\n", "", "\udc80"])
def test_a_manifest_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "manifest.toml").write_bytes(text.encode(errors="surrogateescape"))
    monkeypatch.setattr(manifest, "bundled_dir", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"manifest.toml: the list of models cannot be read"):
        load_manifest.__wrapped__()


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("vosk-model-small-en-us-0.15", "en-us"),
        ("vosk-model-en-us-0.22-lgraph", "en-us"),
        ("vosk-model-small-cn-0.22", "zh"),
        ("vosk-model-small-uk-v3-small", "uk"),
        ("vosk-model-tl-ph-generic-0.6", "tl"),
        ("vosk-model-small-vn-0.4", "vi"),
        ("vosk-model-pt-fb-v0.1.1-20220516_2113", "pt"),
        ("vosk-model-spk-0.4", None),
        ("vosk-tiny-en", None),
        ("my-model", None),
    ],
)
def test_an_official_name_tells_the_language(name: str, language: str | None) -> None:
    assert language_of_name(name) == language


def test_the_vendors_list_is_read_with_all_that_it_says_more() -> None:
    line = b"""[{"lang": "en-us", "lang_text": "US English", "md5": "09ab50ccd62b674cbaa231b825f9c1cb",
      "name": "vosk-model-small-en-us-0.15", "obsolete": "false", "size": 41205931, "size_text": "39.3MiB",
      "type": "small", "url": "https://alphacephei.com/vosk/models/vosk-model-small-en-us-0.15.zip",
      "version": "0.15"}]"""
    (listed,) = TypeAdapter(list[Listed]).validate_json(line)
    entry = entry_to_pull(listed.name)
    assert (listed.md5, listed.size) == (entry.md5, entry.size_bytes)
