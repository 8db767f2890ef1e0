"""The playbook's own examples on its page: read, edited, run, and in the way of a careless publication."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.playbooks import discard_draft, go_to, playbook, policy_page, scrolls_sideways, see_saved, send
from tests.e2e.screens import PATIENCE_MS, opened, resize, see, tabs
from tests.e2e.server import Server, running_server, scripted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

EXAMPLES = "/playbook/retail/examples"
LATIN_1 = "name: retail # caf\u00e9\n".encode("latin-1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("examples") / "data", scripted("late-return")) as server:
        yield server


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """An empty window, and no draft left by an earlier test."""
    discard_draft(server, "retail")
    with tabs(browser, server) as context:
        yield context


def test_change_that_breaks_examples_shows_them_and_is_published_only_when_said_so(
    window: BrowserContext, server: Server
) -> None:
    edits = [
        {"op": "set", "path": ["cues"], "value": {"refusal": {"off": rules_of(server), "sensitivity": "off"}}},
    ]
    send(server, "PATCH", "retail/draft", revision=0, edits=edits)
    page = policy_page(window, EXAMPLES)
    see(page.get_by_test_id("example-summary"), "come out otherwise")
    see(page.get_by_test_id("example-differences").first, "Refusal expected", "came")
    page.get_by_role("link", name="Publish…").click()
    see(page.get_by_test_id("publish-examples"), "come out otherwise")
    page.get_by_role("textbox", name="What changes").fill("No refusals")
    expect(page.get_by_test_id("publish")).to_be_disabled()
    see(page.get_by_test_id("publish-reason"), "put the examples right")
    page.get_by_role("checkbox", name="Publish it all the same").check()
    page.get_by_test_id("publish").click()
    see(page.get_by_test_id("version").first, "No refusals", "current")
    send(server, "POST", "retail/rollback", number=1, note="That was careless")


def test_example_is_written_run_and_put_right(window: BrowserContext, server: Server) -> None:
    page = policy_page(window, EXAMPLES)
    see(page.get_by_test_id("example-summary"), "come out as expected")
    kept = page.get_by_test_id("kept-example").count()
    page.get_by_placeholder("The sentence that the agent says").fill("I can't do that")
    page.keyboard.press("Enter")
    see(page.get_by_test_id("section-title"), f"Example {kept + 1}")
    page.get_by_test_id("check-cues").check()
    see(page.get_by_test_id("example-outcome"), "comes out otherwise")
    see(page.get_by_test_id("example-differences"), "no cue expected, Refusal came")
    page.get_by_role("checkbox", name="Refusal").check()
    page.get_by_role("combobox", name="Card", exact=True).select_option("refusal")
    see(page.get_by_test_id("example-outcome"), "comes out as expected")
    see_saved(page, "draft, 1 change")
    made = playbook(server)["draft"]["document"]["examples"][kept]
    assert made == {"call": [{"agent": "I can't do that"}], "cues": ["refusal"], "card": "refusal"}


def test_policy_is_removed_with_its_examples_and_comes_back_with_them(
    window: BrowserContext, server: Server
) -> None:
    page = policy_page(window, "/playbook/retail/policies/return_window")
    before = playbook(server)["document"]
    page.get_by_role("button", name="Remove Return after the deadline").click()
    see(page.get_by_test_id("remove-dialog"), "name", "it")
    page.get_by_test_id("remove-with").click()
    see(page.get_by_test_id("draft-badge"), "draft")
    expect(page.get_by_test_id("problems")).to_be_hidden()
    go_to(page, "Publish")
    see(page.get_by_test_id("changes"), "Return after the deadline", "removed")
    page.get_by_test_id("playbook").get_by_test_id("undo").click()
    expect(page.get_by_test_id("draft-badge")).to_be_hidden(timeout=PATIENCE_MS)
    assert playbook(server)["draft"]["document"] == before


def test_file_that_is_not_utf_8_is_not_taken(window: BrowserContext, tmp_path: Path) -> None:
    file = tmp_path / "retail.yaml"
    file.write_bytes(LATIN_1)
    page = policy_page(window, "/playbook/retail/general")
    page.get_by_text("Import YAML").click()
    page.get_by_test_id("import-file").set_input_files(file)
    see(page.get_by_test_id("import-problem"), "retail.yaml is not UTF-8")
    expect(page.get_by_test_id("import-take")).to_be_disabled()


def test_tab_has_the_name_of_what_is_open_and_says_when_that_is_not_there(window: BrowserContext) -> None:
    page = policy_page(window, "/playbook/retail/policies/return_window")
    expect(page).to_have_title("Return after the deadline · Policies · Shops and parcels · voiceassist")
    go_to(page, "Cues")
    expect(page).to_have_title("Cues · Shops and parcels · voiceassist")
    page.get_by_role("link", name="All playbooks").click()
    expect(page).to_have_title("Playbooks · voiceassist")
    for place in ("policies/nosuch", "general/nosuch", "examples/999", "history/999"):
        see(opened(window, f"/playbook/retail/{place}").get_by_test_id("unknown-item"), place.rsplit("/", 1)[1])


def test_examples_do_not_scroll_sideways_on_a_phone(window: BrowserContext) -> None:
    page = policy_page(window, EXAMPLES)
    resize(page, {"width": 390, "height": 844})
    assert not is_wide(page, EXAMPLES)
    assert not is_wide(page, f"{EXAMPLES}/1")


def is_wide(page: Page, path: str) -> bool:
    """Whether that page is wider than its window, with what came of the examples on it."""
    page.goto(path)
    see(page.get_by_test_id("example-outcome").first)
    return scrolls_sideways(page)


def rules_of(server: Server) -> list[str]:
    """Every built-in rule that finds a refusal."""
    return [str(rule["id"]) for rule in playbook(server)["builtin"]["rules"] if rule["kind"] == "refusal"]
