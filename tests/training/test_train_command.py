"""`voiceassist cues train`: what it needs, and what it leaves."""

from pathlib import Path

import pytest

from voiceassist.cli.cues.train import train
from voiceassist.core.classifier.file import decode_classifier
from voiceassist.errors import ConfigError
from voiceassist.training.own_texts import LINES, SPOKEN, TALK, TEMPLATES


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Training texts, as few as possible."""
    for folder in ("cues/texts", "text"):
        (tmp_path / folder).mkdir(parents=True)
    for name, (_, kinds) in TEMPLATES.items():
        (tmp_path / "cues" / "texts" / f"{name}.txt").write_text(f"some {' '.join(kinds) or 'talk'} (two|three)\n")
    for name in (*LINES, *SPOKEN):
        (tmp_path / "cues" / "texts" / f"{name}.txt").write_text("- hello there\n")
    for name in TALK:
        (tmp_path / "text" / f"{name}.txt").write_text("nice (day|weather)\n")
    return tmp_path / "cues"


def test_without_the_published_collections_it_says_what_to_get(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--data.*README\.md.*--own-only"):
        train()
    with pytest.raises(ConfigError, match=r"lacks refusal_sgd\.jsonl"):
        train(data=tmp_path)


def test_from_own_texts_alone_it_writes_the_same_weights_again(texts: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(texts=texts, out=tmp_path / name, own_only=True)
    one, two = ((tmp_path / name / "weights.bin").read_bytes() for name in ("one", "two"))
    assert one == two
    assert set(decode_classifier(one).tables) == {"agent", "customer"}
