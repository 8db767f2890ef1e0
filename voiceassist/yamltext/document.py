"""Reads YAML into plain data with the line of every field: `read_document(text) -> YamlDocument`.

Follows YAML 1.2, as editors do: `no`, `off` and `2026-11-01` are texts, only `true` and `false` are flags. Names
given twice, aliases, tags and what is not YAML are problems, never exceptions; nesting is bounded, so a hostile
text costs no more than its length. Never opens a file. Next: `playbook_file/parse.py` checks the data.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from voiceassist.yamltext.problems import Message, Path, Problem, problem_at, told

Json = Any  # None, bool, int, float, str, list and dict of the same

DEPTH_MAX = 24  # levels; a playbook has nine
CHARS_MAX = 300_000  # a playbook of 2,000 phrases has 100,000; reading this much takes a second or two
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, thirty times as fast, where it is built in
PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")
NEVER_FIRST = tuple("@`%|>")  # a plain value cannot begin with these (YAML 1.2, 5.3 and 7.3.3)
TOO_DEEP = "nested too deeply"

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
BYTES = {chr(code) for code in range(0xDC80, 0xDD00)}  # how Python marks bytes that are not UTF-8
INTEGER = re.compile(r"[-+]?\d{1,18}")
DECIMAL = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a text holds, as far as it could be read."""

    value: Json = None
    lines: dict[Path, int] = field(default_factory=dict)  # of every field, by its path
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path) -> int:
        """The line of a field, or of the nearest that is there around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(text: str) -> YamlDocument:
    """The document in the text; a text that is no YAML gives no value and one problem."""
    if len(text) > CHARS_MAX:
        return _unreadable(1, told(f"is longer than {CHARS_MAX:,} characters", "file_too_long", most=CHARS_MAX))
    try:
        text.encode()
        return _read(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        ours = TOO_DEEP if error.problem == TOO_DEEP else _own_words(text, line, column)
        return _unreadable(line + 1, _not_yaml(ours or str(error.problem or error.context)))
    except yaml.YAMLError as error:
        return _unreadable(1, _not_yaml(" ".join(str(error).split())))
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        if text[error.start] in BYTES:
            return _unreadable(line, told("is not UTF-8; save it as UTF-8", "not_utf8"))
        return _unreadable(line, _not_yaml("holds half a character"))


def _own_words(text: str, line: int, column: int) -> str:
    """What is wrong at this place, the same whichever parser complains; empty where only the parser knows."""
    *before, blamed = text.split("\n")[: line + 1]
    if blamed.startswith("\t"):
        return "a line begins with a tab; indent with spaces"
    if blamed[column : column + 1] in NEVER_FIRST:
        return f"a value cannot begin with `{blamed[column]}`; put it in quotes"
    if _open_brackets("\n".join([*before, blamed[:column]])) > DEPTH_MAX:
        return TOO_DEEP  # libyaml reads ahead and gives up at a depth of its own before we see an event
    return ""


def _open_brackets(text: str) -> int:
    """How deep the end of the text lies in brackets; quotes are not looked at, the text is wrong already."""
    return sum(map(text.count, "[{")) - sum(map(text.count, "]}"))


def _not_yaml(why: str) -> Message:
    return told(f"not YAML: {why}", "not_yaml", why=why)


def _unreadable(line: int, message: Message) -> YamlDocument:
    return YamlDocument(problems=(problem_at(line, (), message),))


def _read(text: str) -> YamlDocument:
    reader = _Reader(yaml.parse(text, Loader=PARSER))
    value = reader.document()
    return YamlDocument(value, reader.lines, tuple(reader.problems))


class _Reader:
    """Builds the value from the parser's events and notes lines and problems on the way."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._events = events

    def document(self) -> Json:
        """The first document; a second one is a problem."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self.problems.append(problem_at(1, (), told("is empty", "file_empty")))
            return None
        value = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._note(after, (), told("holds a second document after `---`; keep one", "second_document"))
        return value

    def _value(self, event: Any, path: Path) -> Json:  # noqa: ANN401 - PyYAML's events have no types
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > DEPTH_MAX:
            raise yaml.MarkedYAMLError(problem=TOO_DEEP, problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            text = f"`*{event.anchor}`: aliases cannot be used; write it out"
            return self._note(event, path, told(text, "alias", name=str(event.anchor)))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, Json]:
        fields: dict[str, Json] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            name = self._name(key, path)
            if name in fields:
                self._note(key, (*path, name), told("is given twice; keep one", "given_twice"))
            self.lines.setdefault((*path, name), key.start_mark.line + 1)
            value = self._value(next(self._events), (*path, name))
            fields.setdefault(name, value)
        return fields

    def _name(self, key: Any, path: Path) -> str:  # noqa: ANN401
        if isinstance(key, yaml.ScalarEvent):
            return str(key.value)
        self._note(key, path, told("a name must be a text", "name_not_text"))
        return str(self._value(key, (*path, "?")))

    def _list(self, path: Path) -> list[Json]:
        items: list[Json] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _scalar(self, event: Any, path: Path) -> Json:  # noqa: ANN401
        if event.tag not in PLAIN_TAGS:
            return self._note(event, path, told(f"tag `{event.tag}` cannot be used", "tag", tag=event.tag))
        is_plain = event.implicit[0] and event.tag is None
        return _resolved(event.value) if is_plain else event.value

    def _note(self, event: Any, path: Path, message: Message) -> None:  # noqa: ANN401
        self.problems.append(problem_at(event.start_mark.line + 1, path, message))


def _resolved(text: str) -> Json:
    """What a plain scalar means by the core schema of YAML 1.2."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
