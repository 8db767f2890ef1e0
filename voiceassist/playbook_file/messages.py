"""Says in plain words what validation found wrong, with the valid range or the nearest valid name.

Works on any document class: what would be right is looked up in its JSON Schema. Next: `parse.py`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from voiceassist.yamltext.problems import Message, Path, ProblemCode, nearest, told, unknown

Schema = Mapping[str, Any]
Found = Mapping[str, Any]  # one of pydantic's errors
OURS = "value_error"  # pydantic's type for what our own validators say, whose message is already ours
KEY = "[key]"  # pydantic's mark for "the name itself"


def place_of(error: Found) -> Path:
    """The path of the field that is wrong."""
    return tuple(step for step in error["loc"] if step != KEY)


def message_of(error: Found, root: Schema) -> Message:
    """What is wrong there, and what would be right. `root` is the document's JSON Schema."""
    if error["type"] == OURS:
        return _ours(error["ctx"]["error"])
    if error["input"] is None and error["type"] != "missing":
        return told("is empty; give it a value or remove it", "empty")
    place = place_of(error)
    tell = TELLERS.get(error["type"])
    if tell is None:
        return Message(_sentence(error["msg"]))
    is_name = error["type"] == "extra_forbidden" or KEY in error["loc"]
    return tell(error, schema_at(root, place[:-1] if is_name else place))


def _ours(error: ValueError) -> Message:
    """What a validator of ours raised."""
    message = error.args[0]
    return message if isinstance(message, Message) else Message(str(message))


def findings_of(errors: Sequence[Found], root: Schema) -> list[tuple[Path, Message]]:
    """All that is wrong, each mistake once: a mistyped name is not told again as the missing one."""
    unknown = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    parents = {path[:-1]: _names_at(schema_at(root, path[:-1])) for path in unknown}
    meant = {(*path[:-1], nearest(str(path[-1]), parents[path[:-1]])) for path in unknown}
    told = [error for error in errors if error["type"] != "missing" or tuple(error["loc"]) not in meant]
    return [(place_of(error), message_of(error, root)) for error in told]


def schema_at(root: Schema, path: Path) -> Schema:
    """The part of the schema that a field follows; empty where there is none."""
    here = _plain(root, root)
    for step in path:
        here = _plain(root, _below(here, step))
    return here


def _below(schema: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        return dict(schema.get("items", {}))
    patterns = schema.get("patternProperties", {})
    named = schema.get("properties", {}).get(step)
    other = next(iter(patterns.values())) if patterns else schema.get("additionalProperties")
    return named or (other if isinstance(other, dict) else {})


def _plain(root: Schema, schema: Schema) -> Schema:
    """Follows a reference."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return {**root["$defs"][name], **schema} if name else schema


def _unknown(error: Found, schema: Schema) -> Message:
    name = error["loc"][-1] if error["type"] == "extra_forbidden" else error["input"]
    return unknown(str(name), _names_at(schema))


def _names_at(schema: Schema) -> Collection[str]:
    return schema.get("properties") or schema.get("propertyNames", {}).get("enum") or schema.get("enum") or ()


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return "" if low is None or high is None else f" from {low:,} to {high:,}"


def _limits(schema: Schema) -> dict[str, int]:
    """The same for texts in other languages; nothing where there is none."""
    return {name: schema[key] for name, key in (("low", "minimum"), ("high", "maximum")) if key in schema}


def _whole(error: Found, schema: Schema) -> Message:
    value = error["input"]
    if _is_quoted_number(value):
        text = f"must be a whole number{_range(schema)}: `{value}` without quotes"
        return told(text, "quoted_number", value=value, **_limits(schema))
    text = f"must be a whole number{_range(schema)}, not `{_short(value)}`"
    return told(text, "not_whole", value=_short(value), **_limits(schema))


def _is_quoted_number(value: object) -> bool:
    return isinstance(value, str) and value.strip().isdecimal()


def _number(error: Found, schema: Schema) -> Message:
    value = _short(error["input"])
    return told(f"must be a number{_range(schema)}, not `{value}`", "not_a_number", value=value, **_limits(schema))


def _outside(error: Found, schema: Schema) -> Message:
    value = f"{error['input']:g}"
    return told(f"must be{_range(schema)}, not {value}", "out_of_range", value=value, **_limits(schema))


def _text(error: Found, _: Schema) -> Message:
    value = error["input"]
    if isinstance(value, bool | int | float):
        short = _short(value)
        return told(f'must be a text; put it in quotes: "{short}"', "number_as_text", value=short)
    return told("must be a text", "not_a_text")


def _short(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)[:80]


def _few(error: Found, _: Schema) -> Message:
    least = error["ctx"]["min_length"]
    return told(f"needs at least {least}", "too_few", least=least)


def _many(error: Found, _: Schema) -> Message:
    most = error["ctx"]["max_length"]
    return told(f"may have {most} at most", "too_many", most=most)


def _sentence(message: str) -> str:
    return f"{message[:1].lower()}{message[1:]}"


def _always(message: str, code: ProblemCode) -> Callable[[Found, Schema], Message]:
    return lambda _error, _schema: told(message, code)


TELLERS: Mapping[str, Callable[[Found, Schema], Message]] = {
    "missing": _always("is missing", "missing"),
    "extra_forbidden": _unknown,
    "literal_error": _unknown,
    "int_type": _whole,
    "int_from_float": _whole,
    "float_type": _number,
    "greater_than_equal": _outside,
    "less_than_equal": _outside,
    "string_type": _text,
    "string_too_short": _always("is empty; write something or remove it", "empty_text"),
    "string_pattern_mismatch": _always("may hold letters, digits, - and _ only, sixty at most", "not_an_id"),
    "bool_type": _always("must be true or false", "not_a_flag"),
    "list_type": _always("must be a list", "not_a_list"),
    "tuple_type": _always("must be a list", "not_a_list"),
    "json_invalid": _always("is not JSON", "other"),
    "dict_type": _always("must be a mapping of names to values", "not_a_mapping"),
    "model_type": _always("must be a mapping of names to values", "not_a_mapping"),
    "too_short": _few,
    "too_long": _many,
}
"""By pydantic's error type; one that is not here keeps pydantic's own words."""
