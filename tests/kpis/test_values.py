"""Definitions of key figures, and sums that become values."""

from dataclasses import fields
from itertools import chain
from typing import get_args

import pytest

from voiceassist.kpis.definitions import BY_ID, DIFFERENCES, KPIS, Kpi, Sum, Told
from voiceassist.kpis.numbers import CallNumbers
from voiceassist.kpis.values import Value, Waits, values_of

STORED = {"calls", "duration_ms", *(one.name for one in fields(CallNumbers))}


def test_every_figure_has_an_id_of_its_own_and_is_made_of_sums_that_there_are() -> None:
    assert len(BY_ID) == len(KPIS)
    assert set(get_args(Sum)) == STORED | set(DIFFERENCES)
    assert set(chain.from_iterable(DIFFERENCES.values())) <= STORED


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_every_figure_is_explained_in_every_language_by_whole_sentences(kpi: Kpi) -> None:
    for told in (kpi.name, kpi.sentence):
        words = [getattr(told, language.name) for language in fields(Told)]
        assert len(set(words)) == len(words)
        assert all(words)
    assert kpi.sentence.en.endswith(".")
    assert kpi.sentence.es.endswith(".")


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_a_share_and_a_rate_have_a_whole_and_of_nothing_there_is_no_value(kpi: Kpi) -> None:
    assert (kpi.unit not in ("share", "per_hour")) or kpi.whole is not None
    value = values_of({}, Waits())[kpi.id].value
    assert value == (0 if kpi.unit in ("count", "duration") else None)


def test_the_effect_of_help_is_said_to_show_no_cause() -> None:
    for name in ("helped", "unhelped"):
        assert "no cause" in BY_ID[name].sentence.en
        assert "ninguna causa" in BY_ID[name].sentence.es


def test_values_are_made_of_the_sums() -> None:
    sums: dict[Sum, int] = {"calls": 4, "duration_ms": 7_200_000, "abuse": 3, "closed": 10, "recovered": 6}
    sums |= {"helped": 4, "helped_recovered": 3, "alerts": 5, "acknowledged": 2}
    values = values_of(sums, Waits(median_ms=9_000, p90_ms=20_000))
    assert values["talk"] == Value(value=7_200_000, part=7_200_000, whole=None)
    assert values["recovered"] == Value(value=0.6, part=6, whole=10)
    assert values["dead_ends"] == Value(value=4, part=4, whole=10)
    assert values["abuse"] == Value(value=1.5, part=3, whole=7_200_000)
    assert values["helped"] == Value(value=0.75, part=3, whole=4)
    assert values["unhelped"] == Value(value=0.5, part=3, whole=6)
    assert values["acknowledge_median"] == Value(value=9_000, part=2, whole=5)
    assert values["acknowledge_p90"] == Value(value=20_000, part=2, whole=5)
