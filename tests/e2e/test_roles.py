"""Each role signs in, sees what is theirs, is told in words what is not, and is out everywhere when signed out.

One server for all, with somebody of every role. Ana of the team returns and Ben of sales are agents; each has a
call that goes on and one that is over.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.people import at_the_door, hire, sign_in
from tests.e2e.phone import Phone, phone, staying
from tests.e2e.screens import PATIENCE_MS, see
from tests.e2e.server import Json, Server, running_server, scripted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SPOKEN_UNTIL_MS = 9_000
AGENTS = {"ana": "returns", "ben": "sales"}  # with their teams
OTHERS_CALL = "Waiting for call ben-live"  # as for one that has not come

# Login: roles, teams, tabs, and what is seen of their work at the page that they land on.
PEOPLE = {
    "ida": (("admin",), (), ["Admin"], "/admin", "Who may sign in"),
    "ana": (("agent",), (), ["Agent", "Review"], "/agent?agent=ana", "Follows the newest call of Ana"),
    "sue": (("supervisor",), ("returns",), ["Supervisor", "Review", "Start"], "/supervisor", "Ana"),
    "rob": (("reviewer",), ("returns",), ["Review"], "/review", "Ana"),
    "art": (("author",), (), ["Playbook"], "/playbook", "retail"),
}
PAGES = ("Agent", "Supervisor", "Review", "Playbook", "Admin")  # each in small letters is its path


@pytest.fixture(scope="module")
def staffed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with calls and people."""
    data = tmp_path_factory.mktemp("staffed") / "data"
    with running_server(data, scripted("late-return"), token="s3cret") as server, ExitStack() as calls:
        live = [calls.enter_context(begun(server, f"{login}-live", login)) for login in AGENTS]
        for login in AGENTS:
            calls.enter_context(begun(server, f"{login}-over", login)).hang_up()
        calls.enter_context(staying(live))
        hire(server, *(person(login) for login in PEOPLE))
        yield server


@contextmanager
def begun(server: Server, call_id: str, login: str) -> Iterator[Phone]:
    agent = {"id": login, "name": login.title(), "team": AGENTS[login]}
    with phone(server, call_id, "late-return", agent=agent) as line:
        line.speak_until(SPOKEN_UNTIL_MS)
        yield line


def person(login: str) -> Json:
    roles, teams, *_ = PEOPLE[login]
    return {"login": login, "name": login.title(), "roles": roles, "teams": teams}


def tabs_of(page: Page) -> list[str]:
    return page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts()


def place(page: Page) -> str:
    """The address, without the server's."""
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize("login", PEOPLE)
def test_each_role_sees_its_own_pages_and_is_told_that_the_others_are_not(
    browser: Browser, staffed_server: Server, login: str
) -> None:
    roles, _, tabs, home, sign = PEOPLE[login]
    with at_the_door(browser, staffed_server) as page:
        assert tabs_of(page) == []
        sign_in(page, login)
        see(page.get_by_role("main"), sign)
        page.wait_for_url(staffed_server.url + home, timeout=PATIENCE_MS)
        assert tabs_of(page) == tabs
        assert found_by_axe(page) == []
        for name in PAGES:
            if name not in tabs:
                page.goto(f"/{name.lower()}")
                see(page.get_by_test_id("not-yours"), "This page is not for you", f"Yours: {roles[0].title()}.")
        assert found_by_axe(page) == []
        page.get_by_role("link", name="Go to your own pages").click()
        see(page.get_by_role("main"), sign)
        page.get_by_role("button", name=f"Account: {login.title()}").click()
        page.get_by_role("button", name="Sign out").click()
        see(page.get_by_test_id("sign-in-page"))
        page.goto(home)
        see(page.get_by_test_id("sign-in-page"))
        expect(page.locator("body")).not_to_contain_text(sign)


def test_a_wrong_password_is_told_and_the_right_one_leads_to_where_one_wanted(
    browser: Browser, staffed_server: Server
) -> None:
    with at_the_door(browser, staffed_server, "/review/ana-over?at=1500") as page:
        sign_in(page, "rob", "not the right one")
        see(page.get_by_role("alert"), "The login and the password do not fit together.")
        assert found_by_axe(page) == []
        sign_in(page, "rob")
        see(page.get_by_role("main"), "Welcome to the Kitchen House")
        assert place(page) == "/review/ana-over?at=1500"


def test_an_agent_sees_their_own_calls_and_no_others(browser: Browser, staffed_server: Server) -> None:
    with at_the_door(browser, staffed_server, "/agent") as page:
        sign_in(page, "ana")
        see(page.get_by_test_id("final").first)
        page.goto("/review")
        expect(page.get_by_test_id("call-item")).to_have_count(2)
        for path in ("/review/ben-live", "/agent?call=ben-live"):
            page.goto(path)
            see(page.get_by_role("main"), OTHERS_CALL)
            expect(page.get_by_role("link", name="Live calls")).to_have_count(0)


def test_a_supervisor_sees_the_calls_of_their_teams_and_no_others(
    browser: Browser, staffed_server: Server
) -> None:
    with at_the_door(browser, staffed_server, "/supervisor?call=ana-live") as page:
        sign_in(page, "sue")
        see(page.get_by_test_id("final").first)
        expect(page.get_by_test_id("wall-row")).to_have_count(1)
        page.goto("/supervisor?call=ben-live")
        see(page.get_by_role("main"), OTHERS_CALL)


def test_a_reviewer_sees_finished_calls_only(browser: Browser, staffed_server: Server) -> None:
    with at_the_door(browser, staffed_server, "/review") as page:
        sign_in(page, "rob")
        see(page.get_by_test_id("call-item"), "Ana")
        page.goto("/review/ana-live")
        see(page.get_by_role("main"), "Waiting for call ana-live")


def test_an_author_changes_playbooks(browser: Browser, staffed_server: Server) -> None:
    with at_the_door(browser, staffed_server, "/playbook/retail/general") as page:
        sign_in(page, "art")
        title = page.get_by_role("textbox", name=re.compile("Title"))
        title.fill("Retail of Art")
        title.blur()
        see(page.get_by_role("main"), "draft, 1 change")


def test_an_admin_adds_somebody_and_finds_in_the_audit_what_was_done(
    browser: Browser, staffed_server: Server
) -> None:
    with at_the_door(browser, staffed_server, "/admin") as page:
        sign_in(page, "ida")
        page.get_by_role("button", name="Add a person").click()
        dialog = page.get_by_role("dialog", name="Add a person")
        assert found_by_axe(page) == []
        dialog.get_by_label("Login").fill("new")
        dialog.get_by_label("Name", exact=True).fill("Newcomer")
        dialog.get_by_role("button", name="Add", exact=True).press("Enter")
        see(page.get_by_role("dialog", name="Give this link to Newcomer"))
        page.keyboard.press("Escape")
        see(page.get_by_test_id("person").filter(has_text="Newcomer"))
        page.get_by_role("link", name="Audit", exact=True).click()
        see(page.get_by_test_id("audit-entry").first)
        page.get_by_label("Call", exact=True).fill("ana-over")
        page.keyboard.press("Enter")
        see(page.get_by_test_id("audit-count"), re.compile(r"\d entr"))
        assert place(page) == "/admin/audit?call=ana-over"
        page.get_by_role("link", name="Show all").click()
        page.get_by_text("Is the audit whole?").click()
        page.get_by_role("button", name="Check the chain").press("Enter")
        see(page.get_by_test_id("chain-whole"), "The audit is whole")
        assert found_by_axe(page) == []


def test_an_admin_makes_a_key_that_is_told_once_and_revokes_it(browser: Browser, staffed_server: Server) -> None:
    with at_the_door(browser, staffed_server, "/admin/keys") as page:
        sign_in(page, "ida")
        page.get_by_role("button", name="Make a key").press("Enter")
        dialog = page.get_by_role("dialog", name="Make a key")
        dialog.get_by_label("Name", exact=True).fill("Reports")
        dialog.get_by_label("Read calls").press("Space")
        assert found_by_axe(page) == []
        page.keyboard.press("Enter")
        told = page.get_by_role("dialog", name="The key Reports is made")
        secret = told.get_by_label("Key", exact=True).input_value()
        bearer = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{staffed_server.url}/api/calls", headers=bearer).status_code == 200
        page.keyboard.press("Escape")
        see(page.get_by_test_id("key"), "Reports", "Read calls", "made by ida")
        page.get_by_role("button", name="Revoke the key Reports").press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
        see(page.get_by_text("1 key that holds no longer"))
        assert httpx.get(f"{staffed_server.url}/api/calls", headers=bearer).status_code == 401
        expect(page.locator("body")).not_to_contain_text(secret)


def test_signing_out_everywhere_ends_live_screens_which_lead_to_the_door_and_back(
    browser: Browser, staffed_server: Server
) -> None:
    watched = "/supervisor?call=ana-live"
    with (
        at_the_door(browser, staffed_server, watched) as live,
        at_the_door(browser, staffed_server, "/account") as account,
    ):
        for page in (live, account):
            sign_in(page, "sue")
        see(live.get_by_test_id("final").first)
        see(account.get_by_test_id("own-sessions"), "this browser")
        assert found_by_axe(account) == []
        account.get_by_role("button", name="Sign out everywhere").click()
        for page in (live, account):
            see(page.get_by_test_id("sign-in-page"))
        assert parse_qs(urlsplit(live.url).query) == {"next": [watched]}
        sign_in(live, "sue")
        see(live.get_by_test_id("final").first)
        assert place(live) == watched
