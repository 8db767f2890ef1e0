"""A call that is over: a note that names somebody, tags, a corrected word, a clip that is shared and revoked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.people import at_the_door, hire, sign_in
from tests.e2e.phone import phone
from tests.e2e.screens import PATIENCE_MS, resize, see, see_all_of_the_width
from tests.e2e.server import Json, Server, running_server, scripted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PEOPLE: tuple[Json, ...] = (
    {"login": "ida", "name": "Ida", "roles": ["admin"], "teams": []},
    {"login": "rob", "name": "Rob Lane", "roles": ["reviewer"], "teams": ["returns"]},
    {"login": "sue", "name": "Sue Hart", "roles": ["supervisor"], "teams": ["returns"]},
    {"login": "ana", "name": "Ana", "roles": ["agent"], "teams": []},
    {"login": "eve", "name": "Eve Moss", "roles": ["supervisor"], "teams": ["sales"]},
)
WHOLE_MS = 120_000


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a finished call of Ana of returns, with its recording, and people who may see it or not."""
    data = tmp_path_factory.mktemp("marks") / "data"
    agent = {"id": "ana", "name": "Ana", "team": "returns"}
    with running_server(data, scripted("late-return"), token="s3cret") as server:
        with phone(server, "talk", "late-return", agent=agent) as line:
            line.speak_until(WHOLE_MS)
            line.hang_up()
        hire(server, *PEOPLE)
        yield server


def enter(page: Page, login: str, place: str) -> None:
    sign_in(page, login)
    page.wait_for_url(f"**{place}")


def corrected_word(page: Page, word: str, instead: str) -> None:
    """A double click on the word, other words in its place, Enter."""
    line = page.get_by_test_id("timeline").get_by_text(word).first
    box = line.bounding_box()
    assert box
    line.evaluate(
        """(node, word) => {
          const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + word.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            walker.currentNode.parentElement.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
            return;
          }
        }""",
        word,
    )
    box_of_line = page.get_by_test_id("line-text")
    chosen = box_of_line.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")
    assert chosen == word
    page.keyboard.insert_text(instead)
    page.keyboard.press("Enter")
    expect(box_of_line).to_have_count(0, timeout=PATIENCE_MS)


def test_a_reviewer_notes_tags_and_corrects_and_whoever_is_named_finds_it(
    browser: Browser, staffed: Server
) -> None:
    with at_the_door(browser, staffed, "/review/talk?tab=notes") as rob, at_the_door(browser, staffed) as sue:
        enter(rob, "rob", "/review/talk?tab=notes")
        box = rob.get_by_test_id("note-new")
        box.fill("Well done. @")
        rob.keyboard.type("Su")
        see(rob.get_by_role("option", name="Sue Hart"))
        expect(rob.get_by_role("option", name="Eve Moss")).to_have_count(0)
        rob.keyboard.press("Enter")
        expect(box).to_have_value("Well done. @sue ")
        rob.keyboard.type("listen to this")
        rob.get_by_test_id("note-here").check()
        assert found_by_axe(rob) == []
        box.press("Control+Enter")
        see(rob.get_by_test_id("written-note"), "Rob Lane", "@sue listen to this")

        rob.get_by_test_id("tag-text").fill("Store credit")
        rob.keyboard.press("Enter")
        see(rob.get_by_test_id("tags"), "Store credit")

        corrected_word(rob, "Kitchen", "Chicken")
        see(rob.get_by_test_id("line-corrected"), "Corrected by Rob Lane", "Welcome to the Kitchen House.")
        assert found_by_axe(rob) == []
        for width in (1024, 390):
            resize(rob, {"width": width, "height": 844})
            see_all_of_the_width(rob)

        enter(sue, "sue", "/supervisor")
        see(sue.get_by_test_id("unread"), "1")
        sue.get_by_test_id("account-menu").click()
        sue.get_by_test_id("open-mentions").click()
        see(sue.get_by_test_id("mention"), "Rob Lane", "listen to this", "new")
        sue.get_by_test_id("mention").click()
        see(sue.get_by_test_id("written-note"), "Well done.")
        expect(sue.get_by_test_id("note-edit")).to_have_count(0)
        expect(sue.get_by_test_id("unread")).to_have_count(0)

        sue.goto("/review?q=chicken")
        see(sue.get_by_test_id("calls").get_by_role("listitem").first, "Chicken")


def test_a_note_can_be_taken_with_keys_alone_and_a_deletion_undone(browser: Browser, staffed: Server) -> None:
    with at_the_door(browser, staffed, "/review/talk?at=3000") as page:
        enter(page, "sue", "/review/talk?at=3000")
        see(page.get_by_test_id("moment").first)
        page.keyboard.press("t")
        expect(page.get_by_test_id("note-new")).to_be_focused(timeout=PATIENCE_MS)
        page.keyboard.type("A good beginning")
        page.keyboard.press("Control+Enter")
        card = page.get_by_test_id("written-note").filter(has_text="A good beginning")
        see(card, "0:03")
        see(page.get_by_test_id("line-notes").first, "1 note here")
        card.get_by_test_id("note-delete").click()
        expect(card).to_have_count(0, timeout=PATIENCE_MS)
        page.get_by_role("button", name="Undo").click()
        see(card)
        page.get_by_test_id("timeline").press("e")
        expect(page.get_by_test_id("line-text")).to_be_focused(timeout=PATIENCE_MS)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("line-text")).to_have_count(0)


def test_a_clip_is_shared_by_its_link_heard_by_another_person_and_refused_when_that_is_stopped(
    browser: Browser, staffed: Server
) -> None:
    with at_the_door(browser, staffed, "/review/talk?tab=clips") as rob, at_the_door(browser, staffed) as eve:
        enter(rob, "rob", "/review/talk?tab=clips")
        times = rob.get_by_test_id("listen")
        times.nth(1).click(modifiers=["Shift"])
        times.nth(2).click(modifiers=["Shift"])
        see(rob.get_by_test_id("clip-span"), "0:05 to 0:1")
        rob.get_by_test_id("clip-title").fill("A good beginning")
        rob.get_by_test_id("clip-people").fill("@eve")
        assert found_by_axe(rob) == []
        rob.get_by_test_id("clip-share").click()
        link = rob.get_by_test_id("clip-link").input_value()

        enter(eve, "eve", "/supervisor")
        eve.goto(link)
        see(eve.get_by_role("heading", name="A good beginning"))
        expect(eve.get_by_test_id("clip-line")).to_have_count(2, timeout=PATIENCE_MS)
        see(eve.get_by_test_id("clip-lines"), "How can I help you?", "I ordered a coffee machine")
        expect(eve.get_by_test_id("clip-call")).to_have_count(0)
        sound = eve.get_by_test_id("clip-audio")
        eve.wait_for_function(
            "audio => audio.duration > 5 && audio.seekable.length > 0", arg=sound.element_handle()
        )
        eve.get_by_test_id("clip-line").nth(1).get_by_role("button").click()
        eve.wait_for_function("audio => audio.currentTime > 1", arg=sound.element_handle())
        assert found_by_axe(eve) == []
        resize(eve, {"width": 390, "height": 844})
        see_all_of_the_width(eve)

        rob.get_by_test_id("clip-revoke").click()
        see(rob.get_by_test_id("clip"), "Not shared any more")
        eve.goto(link)
        see(eve.get_by_test_id("clip-error"), "This clip is not shared any more")
        expect(eve.get_by_test_id("clip-line")).to_have_count(0)
        rob.get_by_role("button", name="Undo").click()
        see(rob.get_by_test_id("clip-link"))
        eve.get_by_role("button", name="Try again").click()
        expect(eve.get_by_test_id("clip-line")).to_have_count(2, timeout=PATIENCE_MS)
