"""Edits of a YAML text: what they change, what they leave alone, and how they are undone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voiceassist.playbooks import FOLDER
from voiceassist.yamltext.document import Json, read_document
from voiceassist.yamltext.edits import edit_yaml
from voiceassist.yamltext.json_edits import Edit, EditError, edited
from voiceassist.yamltext.problems import Path

SHOP = """\
# What this shop may offer.

name: shop # never change it
title: "The shop"
language: en

# Asked for every day.
policies:
  # the first fit wins
  returns:
    topic: Return after the deadline # as a heading
    asked: [(return|send) ...3 late, past <number> days]
    limit: >-
      Returns are taken
      for thirty days.
    avoid: 'You should have read it.'

    # cheap ones first
    alternatives:
      credit: {text: Store credit, cost: low}
      # needs a box
      exchange: {text: "Exchange, unopened", cost: low, tiers: [gold, business]}
  general:
    topic: Something else
    asked:
      # rarely said
      - other
      - "[<a>] thing"
    alternatives: {}
  # the end of the policies

# Told to the supervisor.
alerts: {}
examples:
  - call:
      - customer: can I return it
      - agent: no
    card: refusal
  - call: [{agent: hello}]
"""


def doc(text: str) -> Json:
    document = read_document(text)
    assert not document.problems
    return document.value


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """What is only in one of them."""
    one, other = before.splitlines(), after.splitlines()
    return [line for line in one if line not in other], [line for line in other if line not in one]


def edit(op: Any, *path: str | int, value: Json = None, to: str | int | None = None) -> Edit:
    return Edit(op=op, path=path, value=value, to=to)


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        (edit("set", "title", value="A shop"), ['title: "The shop"'], ['title: "A shop"']),
        (edit("set", "name", value="store"), ["name: shop # never change it"], ["name: store # never change it"]),
        (
            edit("set", "name", value="word " * 30 + "end"),
            ["name: shop # never change it"],
            ["name: # never change it", "  >-", "  " + "word " * 21 + "word", "  " + "word " * 8 + "end"],
        ),
        (
            edit("set", "policies", "returns", "avoid", value="That's yours."),
            ["    avoid: 'You should have read it.'"],
            ["    avoid: 'That''s yours.'"],
        ),
        (
            edit("set", "policies", "returns", "alternatives", "exchange", "cost", value="high"),
            ['      exchange: {text: "Exchange, unopened", cost: low, tiers: [gold, business]}'],
            ['      exchange: {text: "Exchange, unopened", cost: high, tiers: [gold, business]}'],
        ),
        (
            edit(
                "insert", "policies", "returns", "alternatives", "call", value={"text": "A call", "cost": "none"}
            ),
            [],
            ["      call: {text: A call, cost: none}"],
        ),
        (edit("insert", "policies", "general", "asked", 1, value="more [of it]"), [], ["      - more [of it]"]),
        (edit("insert", "policies", "returns", "asked", 2, value="a, b"), None, None),
        (
            edit("remove", "policies", "returns", "alternatives", "credit"),
            ["      credit: {text: Store credit, cost: low}"],
            [],
        ),
        (
            edit("rename", "policies", "returns", "alternatives", "credit", to="voucher"),
            ["      credit: {text: Store credit, cost: low}"],
            ["      voucher: {text: Store credit, cost: low}"],
        ),
        (edit("set", "limits", "gap_s", value=7), [], ["limits:", "  gap_s: 7"]),
        (
            edit("set", "alerts", "threat", "level", value="critical"),
            ["alerts: {}"],
            ["alerts:", "  threat:", "    level: critical"],
        ),
        (edit("remove", "examples", 1), ["  - call: [{agent: hello}]"], []),
        (
            edit("set", "examples", 0, "call", 1, "agent", value="yes"),
            ["      - agent: no"],
            ["      - agent: yes"],
        ),
    ],
)
def test_an_edit_changes_its_own_lines_and_no_others(
    change: Edit, gone: list[str] | None, new: list[str] | None
) -> None:
    after = edit_yaml(SHOP, change)
    assert doc(after) == edited(doc(SHOP), change)
    if gone is not None:
        assert lines_changed(SHOP, after) == (gone, new)


def test_a_folded_text_stays_folded() -> None:
    words = (
        "Returns are taken for sixty days after the day on which the parcel was handed over to" + " you" * 9 + "."
    )
    after = edit_yaml(SHOP, edit("set", "policies", "returns", "limit", value=words))
    assert "    limit: >-\n      Returns are taken for sixty days" in after
    assert max(map(len, after.splitlines())) <= 115


def test_a_new_policy_is_written_as_people_write_one() -> None:
    policy = {"topic": "A refund", "asked": ["my money", "[<a>] refund"], "alternatives": {"now": {"text": "Now"}}}
    after = edit_yaml(SHOP, edit("insert", "policies", "refund", value=policy, to=1))
    assert (
        "  refund:\n    topic: A refund\n    asked:\n      - my money\n"
        '      - "[<a>] refund"\n    alternatives:\n      now:\n        text: Now\n  general:\n'
    ) in after
    assert list(doc(after)["policies"]) == ["returns", "refund", "general"]


def test_a_moved_entry_takes_the_comment_above_it_along() -> None:
    after = edit_yaml(SHOP, edit("move", "policies", "returns", "alternatives", "exchange", to=0))
    assert "alternatives:\n      # needs a box\n      exchange:" in after


def test_the_comment_of_the_next_section_outlives_the_last_entry_before_it() -> None:
    after = edit_yaml(SHOP, edit("remove", "policies", "general"))
    assert "  # the end of the policies\n\n# Told to the supervisor.\nalerts: {}" in after


def test_a_whole_value_that_is_set_changes_only_what_is_different() -> None:
    policies = doc(SHOP)["policies"]
    changed = policies | {"general": policies["general"] | {"asked": ["other", "new", "[<a>] thing"]}}
    after = edit_yaml(SHOP, edit("set", "policies", value=changed))
    assert lines_changed(SHOP, after) == ([], ["      - new"])


def test_windows_line_ends_stay() -> None:
    text = SHOP.replace("\n", "\r\n")
    after = edit_yaml(text, edit("insert", "policies", "general", "asked", 2, value="more"))
    assert after == edit_yaml(SHOP, edit("insert", "policies", "general", "asked", 2, value="more")).replace(
        "\n", "\r\n"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edit("set", value=1), "`path` is empty"),
        (edit("set", "policies", 3, value=1), "3 cannot be a name"),
        (edit("set", "examples", 9, value=1), "no 9"),
        (edit("set", "title", "x", value=1), "cannot hold"),
        (edit("remove", "cards"), "no 'cards'"),
        (edit("insert", "examples", 5, value={}), "from 0 to 2"),
        (edit("insert", "title", value="x"), "'title' already"),
        (edit("rename", "title", to="name"), "'name' already"),
        (edit("rename", "title"), "`to` is its new name"),
        (edit("rename", "examples", 0, to="x"), "only an entry of a mapping"),
        (edit("move", "examples", 0, to=2), "from 0 to 1"),
        (edit("move", "examples", 0, to=True), "from 0 to 1"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_with_a_reason(change: Edit, told: str) -> None:
    with pytest.raises(EditError, match=told):
        edit_yaml(SHOP, change)


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "a: 1\na: 2\n", "a: [1\n", "", "a: !!int 3\n"])
def test_a_text_that_is_out_of_order_is_not_touched(text: str) -> None:
    with pytest.raises(EditError, match=r"must be put in order first: line:[12]"):
        edit_yaml(text, edit("set", "c", value=1))


@pytest.mark.parametrize("count", [40, 900, 3_000])
def test_a_long_list_in_place_of_another_is_made_at_once(count: int) -> None:
    text = edit_yaml(SHOP, edit("set", "policies", "general", "asked", value=[f"one {n}" for n in range(count)]))
    new = [f"two {n}" for n in range(2 * count)]
    after = edit_yaml(text, edit("set", "policies", "general", "asked", value=new))
    assert doc(after)["policies"]["general"]["asked"] == new
    assert doc(after) | {"policies": 0} == doc(SHOP) | {"policies": 0}


def test_items_beside_those_that_change_keep_their_comments() -> None:
    some = [f"one {n}" for n in range(400)]
    text = edit_yaml(SHOP, edit("set", "policies", "general", "asked", value=["other", *some]))
    changed = ["new", "other", *[item for item in some if not item.endswith("7")], "last"]
    after = edit_yaml(text, edit("set", "policies", "general", "asked", value=changed))
    assert "      - new\n      # rarely said\n      - other\n" in after
    assert doc(after)["policies"]["general"]["asked"] == changed


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (edit("move", "b", to=0), "# top\n\n# about b\nb: 2\n# about a\na: 1\n"),
        (edit("remove", "b"), "# top\n\n# about a\na: 1\n"),
        (edit("remove", "a"), "# top\n\n# about b\nb: 2\n"),
    ],
)
def test_a_comment_right_above_an_entry_goes_where_the_entry_goes(change: Edit, after: str) -> None:
    assert edit_yaml("# top\n\n# about a\na: 1\n# about b\nb: 2\n", change) == after


def test_a_value_that_is_too_deep_or_too_long_is_refused() -> None:
    deep: Json = 1
    for _ in range(600):
        deep = [deep]
    with pytest.raises(EditError, match="nested too deeply: a playbook has at most 24 levels"):
        edit_yaml(SHOP, edit("set", "title", value=deep))
    with pytest.raises(EditError, match=r"longer than 300,000 characters"):
        edit_yaml(SHOP, edit("set", "title", value="x" * 300_000))


# ---- properties ------------------------------------------------------------------------------------------

FILES = {"shop": SHOP, **{file.stem: file.read_text() for file in sorted(FOLDER.glob("*.yaml"))}}
# Reading a large one takes a tenth of a second each time: they come up in every third example.
NAMES_OF_FILES = st.sampled_from([*["shop"] * (2 * len(FILES)), *FILES])
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", " x", "x ", "- x", "a: b", "a #b", "#", "off", "no", "null", "1", "1e3", "0x1", "2026-11-01",
         "'", '"', "]", "{a}", "<we> (can't|won't)", "[<a>] b", "a, b", "*x", "&x", "!", "|", ">-", "%", "@", "`",
         "~", "=", "?",
         "word " * 60, "word " * 60 + "end"]
    ),
).filter(lambda text: text.isascii() or text.encode("utf-8", "ignore").decode() == text)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(["new", "off", "a b", "x-1", "1", "null", "- a", "a:b", "#a"]), st.text(min_size=1, max_size=8)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2000), st.floats(-5, 5).map(lambda x: round(x, 3)), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


def paths(value: Json, path: Path = ()) -> Iterator[Path]:
    """Every place below the top."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield (*path, step)
        yield from paths(inner, (*path, step))


def at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value


DOCUMENTS = {name: doc(text) for name, text in FILES.items()}
PATHS = {name: list(paths(document)) for name, document in DOCUMENTS.items()}


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Edit, Edit]:
    """A text, an edit of it, and the edit that undoes it."""
    name = draw(NAMES_OF_FILES)
    text, document = FILES[name], DOCUMENTS[name]
    path = draw(st.sampled_from(PATHS[name]))
    parent, step = at(document, path[:-1]), path[-1]
    place, count = list(parent).index(step) if isinstance(parent, dict) else step, len(parent)
    op = draw(st.sampled_from(["set", "insert", "rename", "move"]))
    if op == "rename":
        assume(isinstance(parent, dict))
        name = draw(NAMES)
        assume(name not in parent)
        return text, edit("rename", *path, to=name), edit("rename", *path[:-1], name, to=str(step))
    if op == "move":
        assume(len(path) > 1)
        to = draw(st.integers(0, count - 1))
        there = to if isinstance(parent, list) else step
        return text, edit("move", *path, to=to), edit("move", *path[:-1], there, to=int(place))
    if op == "insert" and isinstance(parent, list):
        index = draw(st.integers(0, count))
        return text, edit("insert", *path[:-1], index, value=draw(VALUES)), edit("remove", *path[:-1], index)
    if op == "insert":
        name, to = draw(NAMES), draw(st.integers(0, count))
        assume(name not in parent)
        return text, edit("insert", *path[:-1], name, value=draw(VALUES), to=to), edit("remove", *path[:-1], name)
    return text, edit("set", *path, value=draw(VALUES)), edit("set", *path, value=at(document, path))


@settings(max_examples=600)
@given(edits())
def test_an_edit_gives_the_edited_document_and_keeps_every_comment_outside(change: tuple[str, Edit, Edit]) -> None:
    text, forth, _ = change
    after = edit_yaml(text, forth)
    assert repr(doc(after)) == repr(edited(doc(text), forth))
    if forth.op != "set":
        assert comments(text) <= comments(after)


def comments(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip().startswith("#"))


@settings(max_examples=400)
@given(edits())
def test_an_edit_and_its_opposite_leave_the_text_as_it_was(change: tuple[str, Edit, Edit]) -> None:
    text, forth, back = change
    assume(forth.op != "set")
    assert edit_yaml(edit_yaml(text, forth), back) == text


@settings(max_examples=200)
@given(st.data())
def test_many_edits_after_each_other_are_the_edits_of_the_document(data: st.DataObject) -> None:
    name = data.draw(NAMES_OF_FILES)
    text, document = FILES[name], DOCUMENTS[name]
    for _ in range(4):
        path = data.draw(st.sampled_from(list(paths(document))))
        change = edit(data.draw(st.sampled_from(["set", "remove"])), *path, value=data.draw(VALUES))
        assume(edited(document, change) not in ({}, []))
        text, document = edit_yaml(text, change), edited(document, change)
        assert repr(doc(text)) == repr(document)
