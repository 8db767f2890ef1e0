"""The playbook page: edited as a team lead does, tried, published, and rolled back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.phone import phone
from tests.e2e.playbooks import (
    discard_draft,
    go_to,
    playbook,
    policy_page,
    publish_say,
    say_field,
    scrolls_sideways,
    see_saved,
    send,
    tab_to,
)
from tests.e2e.screens import PATIENCE_MS, opened, resize, see, tabs
from tests.e2e.server import Server, running_server, scripted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

BEFORE_THE_REFUSAL_MS = 18_000
AFTER_THE_REFUSAL_MS = 23_400
THE_WHOLE_CALL_MS = 120_000
REFUSAL = "I'm sorry, but our policy doesn't allow returns after thirty days."
SECTIONS = (
    "", "/policies/discount", "/cues", "/cues/refusal", "/cues/words", "/cards", "/cards/ladder", "/cards/alerts",
    "/cards/refusal", "/disclosures", "/general", "/try", "/examples", "/backtest", "/history", "/history/1",
    "/publish",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is published here is nobody else's."""
    with running_server(tmp_path_factory.mktemp("playbooks") / "data", scripted("late-return")) as server:
        yield server


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """An empty window, and no draft left by an earlier test."""
    discard_draft(server, "retail")
    with tabs(browser, server) as context:
        yield context


def test_sentence_edited_tried_and_published_is_on_the_card_of_new_calls_and_not_of_a_running_one(
    window: BrowserContext, server: Server
) -> None:
    old, new = playbook(server)["document"]["policies"]["return_window"]["say"], "The thirty days are over, sadly."
    with phone(server, "running", "late-return") as running:
        running.speak_until(BEFORE_THE_REFUSAL_MS)
        page = policy_page(window)
        say_field(page).fill(new)
        see_saved(page, "draft, 1 change")
        page.get_by_role("textbox", name="Sentence").fill(REFUSAL)
        see(page.get_by_test_id("answer-draft"), new)
        see(page.get_by_test_id("answer-published"), old)
        publish_as_ida(page, "Shorter")
        see(page.get_by_test_id("version").first, "Shorter", "Ida", "current")
        running.speak_until(AFTER_THE_REFUSAL_MS)
        assert card_said(server, "running") == old
    with phone(server, "later", "late-return") as later:
        later.speak_until(AFTER_THE_REFUSAL_MS)
        assert card_said(server, "later") == new


def test_wrong_phrase_shows_its_problem_at_its_field_keeps_from_publishing_and_is_undone_by_key(
    window: BrowserContext,
) -> None:
    page = policy_page(window, "/playbook/retail/policies/discount")
    phrase = page.get_by_role("textbox", name="How customers ask for it, phrase 1", exact=True)
    right = phrase.input_value()
    phrase.fill("(cheaper|less")
    see_saved(page, "1 problem")
    see(page.get_by_test_id("field-problem"), "cheaper|less")
    expect(phrase).to_have_attribute("aria-invalid", "true")
    go_to(page, "Publish")
    expect(page.get_by_test_id("publish")).to_be_disabled()
    see(page.get_by_test_id("publish-reason"), "1 problem must be put right first")
    page.get_by_test_id("problems").click()
    page.get_by_test_id("problem-list").get_by_role("button").click()
    expect(phrase).to_be_focused()
    page.keyboard.press("Control+z")
    expect(phrase).to_have_value(right, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("problems")).to_be_hidden()
    page.keyboard.press("Control+Shift+z")
    expect(phrase).to_have_value("(cheaper|less", timeout=PATIENCE_MS)


def test_policy_and_alternative_are_made_moved_and_removed_and_removing_is_taken_back(
    window: BrowserContext,
) -> None:
    page = policy_page(window, "/playbook/retail")
    page.get_by_placeholder("Topic of the new policy").fill("Gift wrapping")
    page.keyboard.press("Enter")
    see(page.get_by_test_id("section-title"), "Gift wrapping")
    page.get_by_placeholder("New alternative").fill("A gift bag")
    page.keyboard.press("Enter")
    page.get_by_placeholder("New alternative").fill("Wrapping paper")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move Wrapping paper up").click()
    offers = page.get_by_test_id("offer")
    expect(offers.first.get_by_role("textbox", name="Alternative 1")).to_have_value("Wrapping paper")
    page.get_by_role("button", name="Remove A gift bag").click()
    expect(offers).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(offers).to_have_count(2, timeout=PATIENCE_MS)
    see(page.get_by_test_id("draft-badge"), "problem")  # it has no sentence to say yet


def test_backtest_shows_what_a_draft_would_no_longer_find_and_opens_the_call_there(
    window: BrowserContext, server: Server
) -> None:
    with phone(server, "stored", "late-return") as line:
        line.speak_until(THE_WHOLE_CALL_MS)
        line.hang_up()
    page = policy_page(window, "/playbook/retail/cues/refusal")
    page.get_by_role("combobox", name="Sensitivity").select_option("off")  # the trained model would find it too
    page.locator("[data-rule='refusal.by_policy']").get_by_role("checkbox").uncheck()
    see_saved(page, "draft, 2 changes")
    go_to(page, "Test on stored calls")
    page.get_by_role("button", name="Start the test").click()
    see(page.get_by_test_id("backtest-result"), "Cards per call")
    gone = page.get_by_test_id("backtest-stopped").get_by_test_id("example").first
    see(gone, "Refusal", "policy")
    see(page.get_by_test_id("rule-counts"), "refusal.by_policy")
    gone.get_by_role("link").click()
    see(page.get_by_test_id("timeline"))
    assert re.search(r"/review/.+\?at=\d+", page.url)


def test_history_compares_versions_and_goes_back_under_a_new_number(
    window: BrowserContext, server: Server
) -> None:
    before = playbook(server)["current"]
    say = playbook(server)["document"]["policies"]["return_window"]["say"]
    number = publish_say(server, f"Say it kindly, number {before['number']}.", "An experiment")
    page = policy_page(window, f"/playbook/retail/history/{number}")
    see(page.get_by_test_id("change"), "Return after the deadline", "Say it kindly")
    page.get_by_role("button", name=f"Go back to version {before['number']} by {before['author']}").click()
    page.get_by_placeholder("Why").fill("It was better")
    page.get_by_role("button", name="Go back", exact=True).click()
    see(page.get_by_test_id("current-version"), f"version {number + 1}")
    see(page.get_by_test_id("version").first, "It was better", "current")
    now = playbook(server)
    assert (now["current"]["hash"], now["document"]["policies"]["return_window"]["say"]) == (before["hash"], say)


def test_draft_that_would_undo_a_newer_version_is_published_only_when_said_so(
    window: BrowserContext, server: Server
) -> None:
    publish_say(server, "A first wording.", "First")
    edits = [{"op": "set", "path": ["policies", "return_window", "say"], "value": "A second wording."}]
    send(server, "PATCH", "retail/draft", revision=0, edits=edits)
    send(server, "POST", "retail/rollback", number=1, note="Not yet")
    page = policy_page(window, "/playbook/retail/publish")
    see(page.get_by_test_id("publish-newer"), "published by Ida", "Not yet")
    page.get_by_test_id("publish-note").fill("Second")
    expect(page.get_by_test_id("publish")).to_be_disabled()
    page.get_by_test_id("publish-over").check()
    page.get_by_test_id("publish").click()
    see(page.get_by_test_id("version").first, "Second", "current")


def test_exported_yaml_has_the_edit_and_every_comment_and_comes_back_in_unchanged(
    window: BrowserContext, server: Server, tmp_path: Path
) -> None:
    page = policy_page(window)
    say_field(page).fill("Only this sentence is new.")
    see_saved(page, "draft, 1 change")
    go_to(page, "General")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export the draft").click()
    file = tmp_path / "retail.yaml"
    saved.value.save_as(file)
    text, published = file.read_text(), playbook(server)["text"]
    assert "Only this sentence is new." in text
    assert comments(text) == comments(published) != []
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_test_id("draft-badge")).to_be_hidden()
    page.get_by_text("Import YAML").click()
    page.get_by_test_id("import-file").set_input_files(file)
    page.get_by_role("button", name="Take it as the draft").click()
    see_saved(page, "draft, 1 change")
    assert playbook(server)["draft"]["text"] == text


def test_imported_mistake_is_named_by_line(window: BrowserContext, server: Server) -> None:
    page = policy_page(window, "/playbook/retail/general")
    wrong = playbook(server)["text"].replace("priority:", "prioritie:", 1)
    page.get_by_text("Import YAML").click()
    page.get_by_test_id("import-text").fill(wrong)
    page.get_by_role("button", name="Take it as the draft").click()
    line = wrong[: wrong.index("prioritie:")].count("\n") + 1
    see(page.get_by_role("listitem").filter(has_text="nearest").first, f"line {line}", "priority")


def test_edits_made_in_two_tabs_are_both_kept_when_the_second_person_says_so(
    window: BrowserContext, server: Server
) -> None:
    first, second = policy_page(window), policy_page(window)
    say_field(first).fill("Said in the first tab.")
    see_saved(first, "draft, 1 change")
    second.get_by_role("textbox", name="Avoid saying").fill("Avoided in the second.")
    see(second.get_by_role("alert").filter(has_text="while you were editing"))
    second.get_by_role("button", name="Keep mine").click()
    see_saved(second, "draft, 2 changes")
    policy = playbook(server)["draft"]["document"]["policies"]["return_window"]
    assert (policy["say"], policy["avoid"]) == ("Said in the first tab.", "Avoided in the second.")


def test_new_playbook_begins_as_a_copy_and_appears_in_the_list(window: BrowserContext, server: Server) -> None:
    page = opened(window, "/playbook")
    page.get_by_role("textbox", name="Name").fill("night-shift")
    page.get_by_role("combobox", name="Begin with").select_option("retail")
    page.get_by_role("button", name="Create").click()
    see(page.get_by_test_id("section-general"))
    page.get_by_role("button", name="Add: Teams").click()
    page.keyboard.type("night")
    see_saved(page, "draft")
    assert playbook(server, "night-shift")["draft"]["document"]["teams"] == ["night"]
    page.get_by_role("link", name="All playbooks").click()
    see(
        page.get_by_test_id("playbooks").get_by_role("listitem").filter(has_text="night-shift"),
        "draft",
        "never published",
    )
    discard_draft(server, "night-shift")


def test_policy_is_found_edited_and_undone_with_the_keyboard_alone(window: BrowserContext) -> None:
    page = opened(window, "/playbook")
    tab_to(page, page.get_by_role("link", name="Shops and parcels"))
    page.keyboard.press("Enter")
    see(page.get_by_test_id("saving"), "Saved")
    tab_to(page, page.get_by_role("navigation", name="Contents").get_by_role("link", name="Discount"))
    page.keyboard.press("Enter")
    tab_to(page, say_field(page))
    was = say_field(page).input_value()
    page.keyboard.press("End")
    page.keyboard.insert_text(" Truly.")  # at once: what is typed with pauses is undone in steps
    see_saved(page, "draft, 1 change")
    page.keyboard.press("Control+z")
    expect(say_field(page)).to_have_value(was, timeout=PATIENCE_MS)


def test_nothing_scrolls_sideways_on_a_phone(window: BrowserContext) -> None:
    page = policy_page(window, "/playbook/retail")
    resize(page, {"width": 390, "height": 844})
    wide = []
    for section in SECTIONS:
        page.goto(f"/playbook/retail{section}")
        see(page.get_by_test_id("saving"))
        see(page.get_by_test_id("section-title").first)
        wide += [section] if scrolls_sideways(page) else []
    assert wide == []


def test_playbook_that_is_not_there_is_said_to_be_unknown(window: BrowserContext) -> None:
    see(opened(window, "/playbook/nobody").get_by_test_id("unknown-playbook"), "nobody")


def publish_as_ida(page: Page, note: str) -> None:
    """From anywhere on the page."""
    page.get_by_role("link", name="Publish…").click()
    see(page.get_by_test_id("changes"), "Return after the deadline")
    page.get_by_role("textbox", name="What changes").fill(note)
    page.get_by_test_id("publish").click()


def card_said(server: Server, call_id: str) -> str:
    """The sentence on the refusal's card of a call."""
    state = server.wait_for(call_id, lambda state: bool(state["prompts"]))
    return str(state["prompts"][-1]["prompt"]["say"])


def comments(text: str) -> list[str]:
    """Every comment of a YAML text."""
    return re.findall(r"(?m)(?:^|\s)# .*$", text)
