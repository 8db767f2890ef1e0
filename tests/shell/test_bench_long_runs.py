"""What the benches of overload and of long runs make of what they saw."""

from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from tests.bench.bench_soak import slope_mb_per_hour, verdict
from tests.bench.node import MB
from tests.bench.offered import OfferedCall, delay_figures, lost_finals, until_taken, words_of
from tests.shell.serving import serving, settings_for
from voiceassist.errors import IngestError
from voiceassist.samples import load_sample

ALONE = [("agent", 0, 1_000), ("customer", 1_200, 2_000), ("agent", 2_500, 4_000)]


def offered(answer: str, said: str = "") -> OfferedCall:
    return OfferedCall(
        call_id="c",
        protocol="stream",
        sample="friendly",
        answer=answer,  # type: ignore[arg-type]
        said=said,
        began_s=0,
        ended_s=50,
    )


def test_a_line_is_lost_when_nothing_of_that_person_was_heard_at_its_time() -> None:
    assert lost_finals(ALONE, ALONE) == 0
    assert lost_finals(ALONE, [("agent", 100, 4_100), ("customer", 1_900, 2_300)]) == 0  # cut in other places
    assert lost_finals(ALONE, [("agent", 0, 1_000), ("agent", 1_200, 2_000)]) == 2
    assert lost_finals(ALONE, []) == 3


def test_what_phone_systems_were_told_is_counted_by_protocol() -> None:
    calls = [offered("refused", "busy"), offered("refused", "busy"), offered("whole")]
    assert words_of(calls, "refused") == {"stream: busy": 2}


def test_no_cue_has_no_delay() -> None:
    assert delay_figures([offered("whole")]) == {
        "cues": 0, "missed": 0, "p50_ms": None, "p95_ms": None, "max_ms": None,
    }  # fmt: skip


def test_memory_that_grows_evenly_grows_surely() -> None:
    slope, within = slope_mb_per_hour([(minute * 60, (500 + minute) * MB) for minute in range(20)])
    assert (round(slope), round(within, 6)) == (60, 0)
    assert verdict(slope, within, watched_s=1_200) == "GROWS"


@pytest.mark.parametrize(
    ("slope", "within", "watched_s", "told"),
    [
        (3, 1, 1_200, "flat"),
        (-40, 5, 1_200, "flat"),
        (40, 60, 1_200, "cannot be told: it moves too much"),
        (400, 5, 60, "cannot be told from so short a time"),
    ],
)
def test_the_verdict_says_what_cannot_be_known(slope: float, within: float, watched_s: float, told: str) -> None:
    assert verdict(slope, within, watched_s) == told


async def test_a_call_that_was_refused_is_offered_until_it_is_taken(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        joins, offered_ids = server.runtime.joins, set[str]()

        def refuse_twice(call_id: str) -> bool:
            offered_ids.add(call_id)
            if len(offered_ids) <= 2:
                raise IngestError("busy", "no more calls now")
            return server.runtime.claim(call_id)

        joins.host = replace(joins.host, claim=refuse_twice)
        assert await until_taken(str(server.http.base_url), load_sample("friendly")) <= monotonic()
        assert len(offered_ids) == 3
