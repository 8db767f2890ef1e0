"""An agent, a supervisor and a phone system while it matters: help is asked for, comes, and the call is saved.

Prints how long each step took from the one before; `pytest -s` shows it.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser

from tests.e2e.people import at_the_door, hire, sign_in
from tests.e2e.phone import phone, staying
from tests.e2e.screens import card_on, see
from tests.e2e.server import Json, Server, running_server, scripted, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ANA = {"id": "ana", "name": "Ana", "team": "returns"}
PEOPLE: tuple[Json, ...] = (
    {"login": "ida", "name": "Ida", "roles": ["admin"], "teams": []},
    {"login": "ana", "name": "Ana", "roles": ["agent"], "teams": []},
    {"login": "sue", "name": "Sue", "roles": ["supervisor"], "teams": ["returns"]},
)
REFUSED_MS, OFFERED_MS = 28_000, 40_000  # of the recording


@pytest.fixture
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("together") / "data"
    with running_server(data, scripted("late-return"), token="s3cret") as server:
        with phone(server, "before", "late-return", agent=ANA) as line:
            line.speak_until(2_000)
            hire(server, *PEOPLE)
            line.hang_up()
        yield server


def test_help_is_asked_for_and_comes_the_agent_answers_and_the_call_is_recovered(
    browser: Browser, staffed: Server
) -> None:
    with (
        phone(staffed, "saved", "late-return", agent=ANA) as line,
        staying([line]),
        at_the_door(browser, staffed, "/agent?call=saved") as ana,
        at_the_door(browser, staffed, "/supervisor") as sue,
    ):
        sign_in(ana, "ana")
        sign_in(sue, "sue")
        see(ana.get_by_test_id("coaching"))
        line.speak_until(REFUSED_MS)
        see(card_on(ana))
        ana.keyboard.press("h")
        row = sue.get_by_test_id("wall-row").filter(has_text="Ana")
        see(row, "The agent asks for help.")
        row.click()
        sue.get_by_test_id("alerts").get_by_role("button", name="Acknowledge").first.click()
        see(ana.get_by_test_id("help-state"), "Sue is coming")
        sue.get_by_role("combobox", name="Write to the agent").fill("Offer the whole amount as store credit.")
        sue.keyboard.press("Enter")
        ana.keyboard.press("Escape")  # the card: she has read it
        see(ana.get_by_test_id("coaching-message"), "Offer the whole amount as store credit.")
        ana.keyboard.press("y")
        see(sue.get_by_test_id("coaching-sent"), "seen", "answered", "Good, thanks")
        line.speak_until(OFFERED_MS)
        see(sue.get_by_test_id("opened-call"), "What I can do is", "Alternative")
        sue.get_by_test_id("alerts").get_by_role("button", name="Resolve").first.click()
        see(ana.get_by_test_id("help-state"), "Sue: helped")
        line.hang_up()
        events: list[Json] = sue.request.get("/api/calls/saved/events").json()
        until(lambda: has_helped(sue.request.get("/api/kpis?period=today").json()), "the key figures")
    told = [event["type"] for event in events]
    assert told.index("alert") < told.index("coaching_sent") < told.index("coaching_answered")
    assert [event["outcome"] for event in events if event["type"] == "refusal_closed"] == ["recovered"]
    tell_times(events)


def has_helped(figures: Json) -> bool | None:
    """Whether the one refusal counts as recovered, and with help; screens share the figures for some seconds."""
    values = figures["total"]["values"]
    counts = [(values[figure]["part"], values[figure]["whole"]) for figure in ("recovered", "helped")]
    return True if counts == [(1, 1), (1, 1)] else None


def tell_times(events: list[Json]) -> None:
    """How long after the step before each thing that a person did was done."""
    done = [event for event in events if event.get("done_at")]
    times = [datetime.fromisoformat(event["done_at"]) for event in done]
    for event, before, at in zip(done[1:], times[:-1], times[1:], strict=True):
        what = event["type"] + " " + event.get("state", event.get("stage", ""))
        print(f"{what:32} {(at - before).total_seconds():7.3f} s")  # noqa: T201 - for whoever measures
