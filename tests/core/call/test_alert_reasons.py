"""Which reasons of alerts pages say in their own language."""

from pathlib import Path

import pytest

from voiceassist.core.call.alerts import HELP
from voiceassist.core.playbook.alert_reasons import OUR_REASONS, reason_code
from voiceassist.playbooks import builtin_names, load_playbook


@pytest.mark.parametrize("name", builtin_names())
def test_every_reason_of_a_built_in_playbook_has_its_code(name: str) -> None:
    rules = load_playbook(Path(name), "en").alerts
    assert {kind: reason_code(kind, rule.reason) for kind, rule in rules.items()} == {kind: kind for kind in rules}


def test_reason_that_a_team_wrote_has_none() -> None:
    assert reason_code("insult", "Listen in, please.") == ""
    assert reason_code("own_kind", "The customer insults the agent.") == ""
    assert reason_code("help", HELP.reason) == "help"


def test_no_reason_stands_for_two_kinds() -> None:
    texts = [text for reasons in OUR_REASONS.values() for text in reasons]
    assert len(texts) == len(set(texts))
