"""Which connection carries a leg, and how long one is waited for: every row of the table. Time is an argument."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.ingest.feed.lines import DYING_AFTER_S, Lines

GRACE_S = 20.0


@dataclass(eq=False)
class Phone:
    """A connection."""

    who: str = "key 1"
    heard_s: float | None = 0.0  # None: it has sent nothing yet
    joined_s: float = 0.0

    @property
    def has_begun(self) -> bool:
        return self.heard_s is not None

    def unheard_s(self, now_s: float) -> float:
        return now_s - (self.joined_s if self.heard_s is None else self.heard_s)


def lines_of(carrier: Phone | None = None, *legs: Speaker) -> Lines[Phone]:
    lines: Lines[Phone] = Lines(call_id="c", legs=SPEAKERS, grace_s=GRACE_S)
    if carrier:
        lines.take(legs or SPEAKERS, carrier, 0.0)
        lines.hear(carrier, SPEAKERS)
    return lines


def refusal(lines: Lines[Phone], carrier: Phone, now_s: float) -> str:
    with pytest.raises(IngestError) as refused:
        lines.take(["agent"], carrier, now_s)
    return refused.value.code


def test_free_leg_is_anybodys() -> None:
    lines = lines_of(Phone(), "customer")
    lines.take(["agent"], Phone(who="key 2"), 0.1)
    assert lines.are_all_carried


def test_leg_that_is_spoken_on_is_taken_for_its_owner_and_not_theirs_for_anybody_else() -> None:
    lines = lines_of(Phone(heard_s=50.0))
    assert refusal(lines, Phone(), 50.9) == "leg_taken"
    assert refusal(lines, Phone(who="key 2"), 99.0) == "not_theirs"


def test_dying_connection_loses_its_legs_to_a_newer_one_of_its_owner() -> None:
    old, new = Phone(), Phone(heard_s=None)
    lines = lines_of(old)
    assert lines.take(["agent"], new, DYING_AFTER_S) == {old}
    assert lines.lose(old, DYING_AFTER_S) == ["customer"]
    assert (lines.carrier_of("agent"), lines.carrier_of("customer")) == (new, None)


def test_lost_leg_waits_for_its_owner_and_is_back_with_its_first_audio() -> None:
    old, new = Phone(), Phone(heard_s=None)
    lines = lines_of(old)
    assert lines.lose(old, 10.0) == list(SPEAKERS)
    assert refusal(lines, Phone(who="key 2"), 11.0) == "not_theirs"
    assert lines.take(SPEAKERS, new, 12.0) == set()
    assert lines.is_lost("agent")
    assert lines.hear(new, ("agent",)) == ["agent"]
    assert (lines.is_lost("agent"), lines.is_lost("customer")) == (False, True)
    assert lines.hear(new, ("agent",)) == []


def test_line_that_breaks_off_again_before_any_audio_has_no_longer_than_before() -> None:
    old, new = Phone(), Phone(heard_s=None)
    lines = lines_of(old)
    lines.lose(old, 10.0)
    lines.take(SPEAKERS, new, 29.0)
    assert lines.pass_time(31.0) == []  # nobody who has just connected is given up
    assert lines.lose(new, 31.0) == []
    assert lines.pass_time(31.0) == list(SPEAKERS)
    assert lines.are_over


def test_leg_is_gone_when_its_time_is_over_and_then_anybodys() -> None:
    old, new = Phone(), Phone(who="key 2")
    lines = lines_of(old)
    lines.lose(old, 10.0)
    assert lines.pass_time(29.9) == []
    assert not lines.are_over
    assert lines.pass_time(30.0) == list(SPEAKERS)
    assert lines.are_over
    lines.take(["agent"], new, 31.0)
    assert lines.hear(new, ("agent",)) == ["agent"]


def test_line_that_stays_is_back_by_itself_or_given_up_with_its_connection() -> None:
    phone = Phone()
    lines = lines_of(phone)
    assert lines.lose(phone, 5.0, stays=True) == list(SPEAKERS)
    assert lines.lose(phone, 6.0, stays=True) == []
    assert lines.hear(phone, SPEAKERS) == list(SPEAKERS)
    lines.lose(phone, 7.0, stays=True)
    assert lines.pass_time(27.0) == list(SPEAKERS)
    assert lines.carriers == set()


def test_leg_that_is_hung_up_is_gone_at_once_lost_or_not() -> None:
    for is_lost in (False, True):
        phone = Phone()
        lines = lines_of(phone)
        if is_lost:
            lines.lose(phone, 1.0, stays=True)
        assert lines.drop(phone) == list(SPEAKERS)
        assert lines.are_over


def test_connection_that_never_sent_anything_leaves_nothing_behind() -> None:
    for breaks_off in (True, False):
        phone = Phone(heard_s=None)
        lines: Lines[Phone] = Lines(call_id="c", legs=SPEAKERS, grace_s=GRACE_S)
        lines.take(["agent"], phone, 0.0)
        assert (lines.lose(phone, 1.0) if breaks_off else lines.drop(phone)) == []
        assert lines.are_over


def test_leg_that_the_call_has_not_is_refused() -> None:
    lines: Lines[Phone] = Lines(call_id="c", legs=("customer",), grace_s=GRACE_S)
    assert refusal(lines, Phone(), 0.0) == "bad_legs"


@dataclass
class Watched:
    """A call's lines, and what they promised."""

    lines: Lines[Phone] = field(default_factory=lines_of)
    phones: list[Phone] = field(default_factory=lambda: [Phone(who=f"key {number % 2}") for number in range(4)])
    lost_s: dict[Speaker, float] = field(default_factory=dict)  # when each leg that is waited for was lost
    now_s: float = 0.0

    def take(self, legs: tuple[Speaker, ...], number: int) -> None:
        phone = Phone(who=self.phones[number].who, heard_s=None, joined_s=self.now_s)
        carried = {leg: self.lines.carrier_of(leg) for leg in SPEAKERS}
        try:
            displaced = self.lines.take(legs, phone, self.now_s)
        except IngestError:
            assert {leg: self.lines.carrier_of(leg) for leg in SPEAKERS} == carried
            return
        self.phones[number] = phone
        assert all(other.who == phone.who for other in displaced)
        for other in displaced:
            self.lose(other)

    def lose(self, phone: Phone, *, stays: bool = False) -> None:
        self.lost_s |= dict.fromkeys(self.lines.lose(phone, self.now_s, stays=stays), self.now_s)
        assert stays or phone not in self.lines.carriers

    def hear(self, phone: Phone, legs: tuple[Speaker, ...]) -> None:
        if phone in self.lines.carriers:
            phone.heard_s = self.now_s
            self.lines.hear(phone, legs)

    def drop(self, phone: Phone) -> None:
        self.lines.drop(phone)
        assert phone not in self.lines.carriers

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.lines.pass_time(self.now_s)
        for leg in filter(self.lines.is_lost, SPEAKERS):
            carrier = self.lines.carrier_of(leg)
            is_connecting = carrier is not None and not carrier.has_begun
            assert is_connecting or self.now_s < self.lost_s[leg] + GRACE_S


STEPS = st.tuples(
    st.sampled_from(["take", "lose", "stay", "drop", "hear", "wait"]),
    st.sampled_from([("agent",), ("customer",), SPEAKERS]),
    st.integers(0, 3),
    st.sampled_from([0.1, 1.5, 8.0, 25.0]),
)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=30))
def test_whatever_happens_a_leg_has_one_owner_and_is_waited_for_no_longer_than_its_time(
    steps: list[tuple[str, tuple[Speaker, ...], int, float]],
) -> None:
    line = Watched()
    for what, legs, number, seconds in steps:
        phone = line.phones[number]
        match what:
            case "take":
                line.take(legs, number)
            case "lose" | "stay":
                line.lose(phone, stays=what == "stay")
            case "drop":
                line.drop(phone)
            case "hear":
                line.hear(phone, legs)
        line.pass_time(seconds if what == "wait" else 0.0)
    for phone in line.lines.carriers:
        line.drop(phone)
    line.pass_time(GRACE_S)
    assert line.lines.are_over
