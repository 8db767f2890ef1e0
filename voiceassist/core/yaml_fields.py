"""Reads YAML field by field and says exactly where one is wrong: `file:line: field: problem`.

Knows nothing of playbooks; never opens a file. Next: `playbook.py` asks it for the fields it needs.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import yaml

from voiceassist.errors import PlaybookError

_ROOT = "(the file)"


@dataclass(frozen=True, slots=True)
class Field:
    """One node of the document, with its place."""

    file: str
    path: str  # "cues.refusal.rules"
    node: yaml.Node

    def fail(self, problem: str) -> NoReturn:
        """Raises PlaybookError at this field."""
        line = self.node.start_mark.line + 1
        raise PlaybookError(f"{self.file}:{line}: {self.path or _ROOT}: {problem}")

    def entries(self) -> dict[str, "Field"]:
        """The fields of a mapping, in order."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("must be a mapping of names to values")
        fields: dict[str, Field] = {}
        for key, value in self.node.value:
            name = str(key.value)
            field = Field(self.file, f"{self.path}.{name}" if self.path else name, value)
            if name in fields:
                Field(self.file, field.path, key).fail("is given twice; keep one")
            fields[name] = field
        return fields

    def only(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Field"]:
        """The fields of a mapping that may have these names and must have the required ones."""
        fields, required = self.entries(), tuple(required)
        for name, field in fields.items():
            field.check_name(name, (*required, *optional))
        for name in required:
            if name not in fields:
                self.fail(f"`{name}` is missing")
        return fields

    def check_name(self, name: str, known: Iterable[str]) -> None:
        """Refuses a name that is not known and tells the nearest that is."""
        known = sorted(known)
        if name not in known:
            nearest = difflib.get_close_matches(name, known, 1, 0)
            self.fail(f"unknown name `{name}`" + (f"; nearest valid name is `{nearest[0]}`" if nearest else ""))

    def items(self) -> list["Field"]:
        """The elements of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("must be a list")
        return [Field(self.file, f"{self.path}[{i}]", node) for i, node in enumerate(self.node.value)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail("must be a text")
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def name(self, known: Iterable[str]) -> str:
        """A text that is one of the known names."""
        value = self.text()
        self.check_name(value, known)
        return value

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high."""
        value = self._scalar("tag:yaml.org,2002:int", f"must be a whole number from {low} to {high}")
        try:
            number = int(value)
        except ValueError:
            self.fail(f"must be a whole number from {low} to {high}, not `{value}`")
        if not low <= number <= high:
            self.fail(f"must be from {low} to {high}, not {number}")
        return number

    def share(self) -> float:
        """A number from 0 to 1."""
        try:
            number = float(self.text())
        except ValueError:
            self.fail(f"must be a number from 0 to 1, not `{self.text()}`")
        if not 0 <= number <= 1:
            self.fail(f"must be from 0 to 1, not {number:g}")
        return number

    def flag(self) -> bool:
        """True or false."""
        return self._scalar("tag:yaml.org,2002:bool", "must be true or false").lower() in ("true", "yes", "on")

    def _scalar(self, tag: str, problem: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != tag:
            self.fail(problem)
        return str(self.node.value)


def read_yaml(text: str, file: str) -> Field:
    """The whole document. Raises PlaybookError where it is not YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise PlaybookError(f"{file}:{line}: {_ROOT}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise PlaybookError(f"{file}:1: {_ROOT}: not YAML: {error}") from None
    if node is None:
        raise PlaybookError(f"{file}:1: {_ROOT}: is empty")
    return Field(file, "", node)
