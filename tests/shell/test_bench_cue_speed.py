"""What is measured when the cost of cues is measured; never how long it takes."""

from dataclasses import replace
from itertools import pairwise

from voiceassist.bench.cues.speed import PEER, WHOLE, SpeedSample, costs, row_turns, sample_turns
from voiceassist.evaluation.labelled import LabelledTurn
from voiceassist.playbooks import load_playbook

BUILT_IN = load_playbook(None, "en")
PLAYBOOK = replace(BUILT_IN, rules=BUILT_IN.rules[:3])  # the peer takes seconds to compile all of them
TURN = LabelledTurn(
    id="1", speaker="agent", text="We don't do that", text_asr="we don't do that", labels=(), prev="can you",
    source="", meta={},
)  # fmt: skip


def test_a_turn_is_looked_at_as_it_grows_and_whole() -> None:
    said = list(row_turns([TURN], "asr"))
    assert [(one.what, " ".join(one.words)) for one in said] == [
        ("partial", "we"),
        ("partial", "we don't"),
        ("partial", "we don't do"),
        ("turn", "we don't do that"),
    ]
    assert {one.before for one in said} == {("can", "you")}


def test_the_sample_calls_bring_what_the_other_side_said_before() -> None:
    turns = [one for one in sample_turns() if one.what == "turn"]
    assert len(turns) > 50
    assert any(later.before == earlier.words for earlier, later in pairwise(turns))


def test_every_way_looks_at_everything_in_every_round_but_the_first_and_the_peer_once() -> None:
    rounds: list[SpeedSample | None] = []
    found = costs(PLAYBOOK, list(row_turns([TURN], "asr")), 3, lambda: rounds.append(None))
    assert len(rounds) == 3 + 1
    assert {cost.way for cost in found} >= {WHOLE, PEER}
    ours, peers = ([cost for cost in found if (cost.way == PEER) is peer] for peer in (False, True))
    assert {(cost.what, cost.n) for cost in ours} == {("turn", 3), ("partial", 9)}
    assert {(cost.what, cost.n) for cost in peers} == {("turn", 1), ("partial", 3)}


def test_a_turn_without_words_is_a_turn() -> None:
    nothing = LabelledTurn(
        id="1", speaker="customer", text="", text_asr="", labels=(), prev="", source="", meta={}
    )
    assert [one.what for one in row_turns([nothing], "clean")] == ["turn"]
