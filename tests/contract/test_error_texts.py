"""Every error that a screen may meet has words for people; what is for programs only is listed here."""

import re
from pathlib import Path
from typing import get_args

from voiceassist.phone_control.control import Obstacle
from voiceassist.phone_control.rest import CODES

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "web" / "src" / "texts"
RAISED = re.compile(
    r'(?:PeerError|ActionError|ConflictError|PhoneError|UnknownNameError)\(\s*"([a-z_]+)"'
    r'|"code": "([a-z_]+)"|_error\(\d+, "([a-z_]+)"'
)
AT_THE_PROVIDER = re.compile(r'"(oidc_[a-z_]+)"')
STORED = {
    "oidc_login_taken",
    "oidc_no_admin",
}  # as `store/people.py` refuses a person; `server/oidc.py` adds oidc_
# Mistakes that our own pages do not make: who sends such requests reads the message.
FOR_PROGRAMS = {
    "bad_cursor",
    "bad_field",
    "bad_json",
    "bad_record",
    "bad_time",
    "no_show_wall",
    "unknown_kpi",
    "wrong_content_type",
}


def words_in(file: Path) -> set[str]:
    return set(re.findall(r'^  ([a-z_]+): "', file.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_error_that_a_screen_meets_has_words() -> None:
    sources = (path for path in (ROOT / "voiceassist").rglob("*.py") if "ingest" not in path.parts)
    found = (groups for path in sources for groups in RAISED.findall(path.read_text(encoding="utf-8")))
    codes = {code for groups in found for code in groups if code}
    codes |= {*get_args(Obstacle), *CODES.values()} - {""}
    assert len(codes) > 30
    assert codes - FOR_PROGRAMS - words_in(TEXTS / "errors.en.ts") == set()


def test_every_problem_at_the_provider_of_sign_ins_has_words() -> None:
    sources = (path for room in ("people", "server") for path in (ROOT / "voiceassist" / room).glob("*.py"))
    codes = {code for path in sources for code in AT_THE_PROVIDER.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 5
    for language in ("en", "es"):
        assert codes | STORED <= words_in(TEXTS / f"door.{language}.ts")
