"""The pages in the browser's language or the one that a person picks; a call's words always in the call's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.phone import phone
from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

AFTER_THE_REFUSAL_MS = 23_400


@pytest.fixture
def spanish_window(browser: Browser, scripted_server: Server) -> Iterator[BrowserContext]:
    """A window of somebody whose browser speaks Spanish."""
    with tabs(browser, scripted_server, locale="es-ES") as context:
        yield context


def language_of(page: Page) -> str | None:
    """What the document says of itself."""
    return page.locator("html").get_attribute("lang")


def test_spanish_browser_gets_spanish_and_english_picked_by_keyboard_comes_at_once_and_stays(
    spanish_window: BrowserContext,
) -> None:
    page = opened(spanish_window, "/supervisor")
    see(page.get_by_role("heading", name="Llamadas en curso"))
    assert language_of(page) == "es"
    page.get_by_role("searchbox", name="Filtrar").fill("half typed")
    page.get_by_role("combobox", name="Idioma").focus()
    page.keyboard.press("ArrowUp")
    see(page.get_by_role("heading", name="Live calls"))
    expect(page.get_by_role("searchbox", name="Filter")).to_have_value("half typed")
    expect(page.get_by_role("combobox", name="Language")).to_be_focused()
    page.reload()
    see(page.get_by_role("heading", name="Live calls"))
    assert language_of(page) == "en"


def test_words_and_card_of_an_english_call_are_english_on_a_spanish_page(
    spanish_window: BrowserContext, scripted_server: Server
) -> None:
    with phone(scripted_server, "seen-in-spanish", "late-return") as line:
        page = opened(spanish_window, f"/agent?call={line.call_id}")
        line.speak_until(AFTER_THE_REFUSAL_MS)
        card = page.get_by_role("article", name="Tarjeta", exact=True)
        see(card, "Negativa", "Puede ofrecer")
        expect(card.get_by_test_id("card-say")).to_have_attribute("lang", "en")
        said = page.get_by_test_id("final").filter(has_text="our policy doesn't allow").get_by_role("paragraph")
        expect(said).to_have_attribute("lang", "en")
        expect(said.get_by_test_id("cue-label").locator("xpath=self::*[@lang='es']")).to_have_text("Negativa")
