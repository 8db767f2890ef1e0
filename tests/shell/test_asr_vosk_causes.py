"""Why libvosk refused: taken from standard error, which loses nothing by it."""

import os
from collections.abc import Callable

import pytest

from tests.shell.engines import VOSK_MODEL
from voiceassist.asr.vosk import engine as vosk
from voiceassist.asr.vosk.causes import STDERR, causes, made
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.errors import EngineError

LINE = b"ERROR (VoskAPI:Read():features.cc:12) no memory for the features\n"
PLAIN = b"another thread's line\n"


def _refusing(said: bytes, *, times: int = 99) -> Callable[[], str]:
    """Refuses as libvosk does: the cause goes to the file descriptor."""
    left = [times]

    def make() -> str:
        if left[0] == 0:
            return "made"
        left[0] -= 1
        os.write(STDERR, said)
        raise Exception("Failed to create")  # noqa: TRY002 - as the wrapper does

    return make


def test_a_refusal_has_its_cause_and_standard_error_has_every_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineError, match=r"cannot open: ERROR .* no memory for the features$"):
        made(_refusing(PLAIN + LINE), "cannot open")
    assert capfd.readouterr().err == 2 * (PLAIN + LINE).decode()


def test_a_refusal_without_a_word_says_so() -> None:
    with pytest.raises(EngineError, match="cannot open: libvosk did not say why"):
        made(_refusing(b""), "cannot open")


def test_what_is_refused_only_once_is_made() -> None:
    assert made(_refusing(LINE, times=1), "cannot open") == "made"


def test_standard_error_is_our_own_again_after_a_refusal(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineError):
        made(_refusing(b""), "cannot open")
    os.write(STDERR, PLAIN)
    assert capfd.readouterr().err == PLAIN.decode()


def test_causes_are_the_first_lines_that_matter_shortened() -> None:
    said = b"WARNING (x) y\n" + LINE + b"ASSERTION_FAILED " + b"z" * 1_000 + b"\nERROR third\n"
    first, second = causes(said)
    assert first == LINE.decode().strip()
    assert len(second) == 300


@pytest.mark.audio
def test_a_recognizer_that_libvosk_refuses_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = load_vosk(VOSK_MODEL, language="en")
    refuse = _refusing(LINE)
    monkeypatch.setattr(vosk, "KaldiRecognizer", lambda *_: refuse())
    with pytest.raises(EngineError, match=r"vosk:vosk-tiny-en cannot open a recognizer: ERROR .* no memory"):
        engine.open("agent")
    engine.close()
