"""The format of playbook files: YAML to data, the JSON Schema, and the complete example."""

import json
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from voiceassist.core.playbook.model import AGENT_KINDS, COST_CLASSES, CUSTOMER_KINDS
from voiceassist.playbook_file.document import PlaybookDocument
from voiceassist.playbook_file.example import EXAMPLE
from voiceassist.playbook_file.parse import check_playbook
from voiceassist.playbook_file.schema import playbook_schema
from voiceassist.playbooks import FOLDER, problems_of
from voiceassist.yamltext import document as yaml_document
from voiceassist.yamltext.document import read_document
from voiceassist.yamltext.problems import Path

SCHEMA = jsonschema.Draft202012Validator(playbook_schema())


# ---- YAML ----


@pytest.fixture(params=[yaml_document.PARSER, yaml.SafeLoader], ids=["libyaml", "Python"])
def every_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_document, "PARSER", request.param)


def test_yaml_is_read_as_editors_read_it() -> None:
    text = "a: no\nb: off\nc: 2026-11-01\nd: '5'\ne: 5\nf: 0.5\ng: true\nh:\ni: |\n  x\n"
    assert read_document(text).value == {
        "a": "no", "b": "off", "c": "2026-11-01", "d": "5", "e": 5, "f": 0.5, "g": True, "h": None, "i": "x\n",
    }  # fmt: skip


def test_every_field_knows_its_line() -> None:
    document = read_document("a:\n  b: 1\n  c:\n    - x\n    - y\n")
    assert document.lines == {(): 1, ("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", 0): 4, ("a", "c", 1): 5}
    assert document.line(("a", "c", 7, "not there")) == 3


@pytest.mark.parametrize(
    ("text", "line", "path", "message"),
    [
        ("", 1, (), "is empty"),
        ("a: 1\nb: 2\na: 3\n", 3, ("a",), "is given twice; keep one"),
        ("a: &x 1\nb: *x\n", 2, ("b",), "`*x`: aliases cannot be used; write it out"),
        ("a: 1\n---\nb: 2\n", 2, (), "holds a second document after `---`; keep one"),
        (
            "a: !!python/name:os.system x\n",
            1,
            ("a",),
            "tag `tag:yaml.org,2002:python/name:os.system` cannot be used",
        ),
        ("? [a]\n: b\n", 1, (), "a name must be a text"),
        ("a: \ud800\n", 1, (), "not YAML: holds half a character"),
        ("a: b\nc: caf\udce9\n", 2, (), "is not UTF-8; save it as UTF-8"),
        ("\ta: b\n", 1, (), "not YAML: a line begins with a tab; indent with spaces"),
        ("a: b\nc: @d\n", 2, (), "not YAML: a value cannot begin with `@`; put it in quotes"),
        ("a: [|]\n", 1, (), "not YAML: a value cannot begin with `|`; put it in quotes"),
        *((deep * 20_000, 1, (), "not YAML: nested too deeply") for deep in ("[", "{", "- ", "[a, ", "{a: ")),
        (f"{'- ' * 25}|\n{' ' * 60}x\n", 1, (), "not YAML: nested too deeply"),
        ("a: b\n\tc: d\n", 2, (), "not YAML: a line begins with a tab; indent with spaces"),
        ("x" * 300_001, 1, (), "is longer than 300,000 characters"),
    ],
)
@pytest.mark.usefixtures("every_parser")
def test_what_yaml_allows_and_a_playbook_does_not_is_the_same_problem_by_every_parser(
    text: str, line: int, path: Path, message: str
) -> None:
    problem = read_document(text).problems[0]
    assert (problem.line, problem.path, problem.message) == (line, path, message)


@given(st.text())
def test_no_text_whatsoever_breaks_the_reader(text: str) -> None:
    problems = check_playbook(text)
    assert problems
    assert all(problem.line >= 1 and problem.message for problem in problems)


# ---- the schema ----


def test_the_schema_is_valid_and_every_field_says_what_it_is_for() -> None:
    jsonschema.Draft202012Validator.check_schema(playbook_schema())
    models = playbook_schema()["$defs"]
    for name, model in {"(the file)": playbook_schema(), **models}.items():
        assert model["description"], name
        for field, own in model["properties"].items():
            schema = {**models.get(own.get("$ref", "").removeprefix("#/$defs/"), {}), **own}
            assert schema["title"], f"{name}.{field}"
            assert schema["description"].endswith("."), f"{name}.{field}"


def test_the_complete_example_is_valid_and_has_every_field() -> None:
    assert problems_of(EXAMPLE) == ()
    document = read_document(EXAMPLE).value
    SCHEMA.validate(document)
    used = set(_names(document))
    for model in (playbook_schema(), *playbook_schema()["$defs"].values()):
        if model["title"] not in {"BuiltinKind", "Cues"}:
            assert set(model["properties"]) <= used, model["title"]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_built_in_playbooks_are_valid_for_editors_too(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert problems_of(text) == ()
    SCHEMA.validate(read_document(text).value)
    assert read_document(text).value["name"] == file.stem


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(name for item in value.values() for name in _names(item))]
    return [name for item in value for name in _names(item)] if isinstance(value, list) else []


# ---- from document to text and back ----

WORDS = st.text("abcdefghij klmnop'?!:#-{}[]&*\u00e9\u00f1\"", min_size=1, max_size=30).filter(str.strip)
IDS = st.from_regex(r"[a-z_-]{1,12}", fullmatch=True)
PHRASES = st.lists(st.sampled_from(["no way", "(a|b) c", "[x] y ...6 z", "cancel*", "^ stop $"]), max_size=3)
SOME_PHRASES = PHRASES.filter(len)
RULES = st.fixed_dictionaries(
    {"phrases": SOME_PHRASES},
    optional={
        "except": PHRASES,
        "after": PHRASES,
        "confidence": st.floats(0, 1, allow_nan=False),
        "early": st.booleans(),
        "after_kind": st.sampled_from(CUSTOMER_KINDS),
    },
)
OFFERS = st.fixed_dictionaries(
    {"text": WORDS},
    optional={
        "cost": st.sampled_from(COST_CLASSES),
        "tiers": st.lists(WORDS, max_size=2),
        "per_call": st.integers(1, 100),
        "per_customer": st.fixed_dictionaries({"times": st.integers(1, 100), "days": st.integers(1, 3660)}),
        "from": st.dates().map(str),
    },
)
POLICIES = st.fixed_dictionaries(
    {
        **dict.fromkeys(("topic", "limit", "benefit", "say", "avoid"), WORDS),
        "alternatives": st.dictionaries(IDS, OFFERS, max_size=2),
    },
    optional={"asked": PHRASES, "refused": PHRASES, "recovery_s": st.integers(1, 3600)},
)
CARDS = st.fixed_dictionaries(
    {"headline": WORDS.filter(lambda text: "{" not in text), "say": WORDS, "priority": st.integers(0, 100)},
    optional={"cap": st.integers(1, 100), "not_when": PHRASES},
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True),
        "language": st.sampled_from(["en", "es-MX", "fr"]),
        "policies": st.builds(
            lambda general, others: {**others, "general": general},
            POLICIES,
            st.dictionaries(IDS, POLICIES, max_size=2),
        ),
        "cards": st.dictionaries(st.sampled_from(AGENT_KINDS), CARDS, max_size=2),
        "alerts": st.just({}),
    },
    optional={
        "title": WORDS,
        "teams": st.lists(WORDS, max_size=2),
        "cues": st.dictionaries(
            st.sampled_from(AGENT_KINDS),
            st.fixed_dictionaries(
                {}, optional={"rules": st.dictionaries(IDS, RULES, max_size=2), "except": PHRASES}
            ),
            max_size=2,
        ),
    },
)


class _Dumper(yaml.SafeDumper):
    """Quotes text that begins with a digit: "08" is no number to this dumper, and one to our reader."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"' if text[:1].isdigit() else None
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(DOCUMENTS)
def test_a_document_survives_yaml_the_model_and_the_schema(document: dict[str, Any]) -> None:
    offers = [name for policy in document["policies"].values() for name in policy["alternatives"]]
    assume(len(set(offers)) == len(offers))  # a name twice is a problem
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
    read = read_document(text)
    assert read.value == document
    assert check_playbook(text) == ()
    model = PlaybookDocument.model_validate(read.value)
    again = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))
    SCHEMA.validate(document)
    SCHEMA.validate(again)
    assert PlaybookDocument.model_validate(again) == model
