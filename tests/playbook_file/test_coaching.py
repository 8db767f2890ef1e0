"""`coaching:` of a playbook: the messages that supervisors may send an agent as they are."""

import pytest

from tests.playbook_file.test_playbook import SMALL
from voiceassist.core.playbook.model import Snippet
from voiceassist.errors import PlaybookError
from voiceassist.playbook_file.parse import parse_playbook
from voiceassist.playbooks import FOLDER, builtin_names, read_playbook


def messages(part: str) -> tuple[Snippet, ...]:
    """What a playbook with this part offers."""
    return parse_playbook(SMALL + part, "small.yaml").coaching


def test_messages_keep_their_order_and_a_playbook_may_have_none() -> None:
    assert messages("") == messages("coaching: {}\n") == ()
    two = messages("coaching:\n  slow: Slow down.\n  goal: ' Ask for the goal. '\n")
    assert two == (Snippet(id="slow", text="Slow down."), Snippet(id="goal", text="Ask for the goal."))


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("coaching: [Slow down.]\n", "coaching: must be a mapping"),
        ("coaching: {slow: ''}\n", "coaching.slow: is empty"),
        ("coaching: {slow: 5}\n", "coaching.slow: must be a text"),
        ("coaching: {'slow down': Go.}\n", "may hold letters, digits, - and _ only"),
        ('coaching: {slow: "one\\ntwo"}\n', "coaching.slow: has a character that nobody sees (U+000A)"),
        ('coaching: {slow: "\\u202e evil"}\n', "coaching.slow: has a character that nobody sees (U+202E)"),
        (f"coaching: {{slow: {'x' * 301}}}\n", "coaching.slow: has more than 300 characters"),
    ],
)
def test_what_no_agent_could_read_at_a_glance_is_named(part: str, told: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        messages(part)
    assert told in str(caught.value)


@pytest.mark.parametrize("name", builtin_names())
def test_built_in_playbooks_have_short_messages_for_every_digit_at_most(name: str) -> None:
    found = read_playbook((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)
    assert 5 <= len(found.coaching) <= 9
    assert all(len(snippet.text) <= 80 for snippet in found.coaching)
