"""What a report is stands in one place, whole and in both languages."""

from typing import get_args

import pytest

from voiceassist.reports.definitions import REPORT_BY_ID, REPORTS, Report, ReportId


def test_every_report_is_defined_once() -> None:
    assert list(REPORT_BY_ID) == list(get_args(ReportId)) == [report.id for report in REPORTS]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.id)
def test_a_report_says_in_every_language_what_it_and_its_figures_are(report: Report) -> None:
    told = [report.name, report.sentence, report.row]
    told += [one for figure in report.figures for one in (figure.name, figure.sentence)]
    assert all(one.en and one.es for one in told)
    assert report.trend in {figure.id for figure in report.figures}
    assert len({figure.id for figure in report.figures}) == len(report.figures)


def test_what_is_about_people_is_in_the_order_of_their_names() -> None:
    assert {report.id for report in REPORTS if report.order == "name"} >= {"promises", "abuse_agents"}
