"""Signing in with a real OpenID provider: whom it makes, what it refuses, and what waits for nobody."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from tests.shell.oidc_provider import TestProvider, running_provider
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.people import provider as provider_module
from voiceassist.people.begun_sign_ins import AT_MOST, WITHIN_US, BegunSignIns
from voiceassist.server.auth import COOKIE

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLES = {"agents": ["agent"], "leads": ["supervisor", "reviewer"], "it": ["admin"]}
TEAMS = {"agents": ["returns"], "leads": ["returns", "sales"], "everywhere": ["*"]}
GROUPS = {"ana": ["agents", "choir"], "sue": ["leads", "agents"], "out": ["choir"]}
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def provider() -> Iterator[TestProvider]:
    with running_provider() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(provider: TestProvider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """With a local admin, as every server has that other machines reach."""
    oidc = {
        "issuer": provider.issuer,
        "client_id": "voiceassist",
        "name": "Test Login",
        "roles": ROLES,
        "teams": TEAMS,
    }
    async with serving(settings_for(tmp_path_factory.mktemp("data"), oidc=oidc)) as running:
        await add_person(running, "root", "admin")
        yield running


@pytest.fixture(autouse=True)
def as_at_the_start(provider: TestProvider, server: Serving) -> None:
    behave(provider, server)


def behave(provider: TestProvider, server: Serving, **changes: Any) -> None:
    uris = {"redirect_uris": [f"{base(server)}/sign-in/callback"], "signed_out_uris": [f"{base(server)}/sign-in"]}
    provider.behave(**{"groups": GROUPS} | uris | changes)


def base(server: Serving) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest_asyncio.fixture(loop_scope="module")
async def browser(server: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base(server)) as browser:
        yield browser


async def sent_back(browser: httpx.AsyncClient, provider: TestProvider, login: str, **query: str) -> str:
    """The address at which the provider sends the browser back."""
    begun = await browser.get("/api/oidc/start", params=query)
    assert begun.status_code == 303, begun.text
    return await provider.sign_in(begun.headers["location"], login)


async def sign_in(browser: httpx.AsyncClient, provider: TestProvider, login: str, **query: str) -> httpx.Response:
    return await browser.get(await sent_back(browser, provider, login, **query))


async def person_in(browser: httpx.AsyncClient) -> Any:
    return (await browser.get("/api/session")).json()["person"]


def problem_in(answer: httpx.Response) -> str:
    """What the sign-in page is told, and nobody was signed in."""
    assert answer.status_code == 303
    assert COOKIE not in answer.cookies
    place = urlsplit(answer.headers["location"])
    assert (place.netloc, place.path) == ("", "/sign-in")
    return parse_qs(place.query)["problem"][0]


async def test_somebody_in_a_group_with_a_role_is_made_and_signed_in(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    assert (await browser.get("/api/session")).json()["oidc"] == "Test Login"
    answer = await sign_in(browser, provider, "ana", next="/review?q=late")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?q=late")
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=lax" in told
    assert await person_in(browser) == {
        "login": "ana", "name": "Ana Test", "roles": ["agent"], "teams": ["returns"], "password": False,
        "totp": False,
    }  # fmt: skip
    assert (await browser.get("/api/calls")).status_code == 200
    again = await sign_in(browser, provider, "ana")
    assert again.headers["location"] == "/"
    assert sum(one == "ana" for one in server.runtime.directory.everybody.people) == 1


async def test_groups_give_roles_and_teams_anew_with_every_sign_in(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, provider, "sue")
    me = await person_in(browser)
    assert (me["roles"], me["teams"]) == (["agent", "supervisor", "reviewer"], ["returns", "sales"])
    behave(provider, server, groups={"sue": ["it", "everywhere"]})
    await sign_in(browser, provider, "sue")
    me = await person_in(browser)
    assert (me["roles"], me["teams"]) == (["admin"], ["*"])
    behave(provider, server, groups={"sue": ["choir"]})
    assert problem_in(await sign_in(browser, provider, "sue")) == "oidc_no_role"
    assert await person_in(browser) is None, "the session before has ended"
    assert server.runtime.directory.everybody.people["sue"].roles == ()


async def test_somebody_without_a_role_is_refused_and_not_made(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    answer = await sign_in(browser, provider, "out", next="/agent")
    assert problem_in(answer) == "oidc_no_role"
    assert answer.headers["location"].endswith("next=%2Fagent")
    assert "out" not in server.runtime.directory.everybody.people


async def test_a_sign_in_is_finished_once_and_by_the_browser_that_began_it(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    async with httpx.AsyncClient(base_url=base(server)) as other:
        await other.get("/api/oidc/start")
        stolen = await sent_back(browser, provider, "ana")
        assert problem_in(await other.get(stolen)) == "oidc_expired"
        assert problem_in(await browser.get(stolen)) == "oidc_expired", "it was used up"
        back = await sent_back(browser, provider, "ana")
        assert problem_in(await browser.get(back.replace("state=", "state=x"))) == "oidc_expired"
        await browser.get(back)
        assert await person_in(browser)
        assert problem_in(await browser.get(back)) == "oidc_expired"
        assert problem_in(await other.get("/sign-in/callback?code=made-up")) == "oidc_expired"


async def test_a_code_of_another_sign_in_is_refused(provider: TestProvider, browser: httpx.AsyncClient) -> None:
    first = parse_qs(urlsplit(await sent_back(browser, provider, "ana")).query)
    second = parse_qs(urlsplit(await sent_back(browser, provider, "ana")).query)
    mixed = {"code": first["code"][0], "state": second["state"][0]}
    assert problem_in(await browser.get("/sign-in/callback", params=mixed)) == "oidc_failed"


async def test_an_answer_of_another_provider_is_refused(
    provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    back = httpx.URL(await sent_back(browser, provider, "ana")).copy_set_param("iss", "https://evil.example")
    assert problem_in(await browser.get(back)) == "oidc_failed"


@pytest.mark.parametrize(
    "changes",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another-program"}},
        {"claims": {"aud": ["another", "voiceassist"], "azp": "another"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 4_000_000_000}},
        {"claims": {"sub": "root"}},
        {"claims": {"sub": None}},
        {"signer": "stranger"},
        {"signer": "none"},
        {"signer": "HS256"},
    ],
    ids=str,
)
async def test_a_token_that_does_not_hold_is_refused(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    behave(provider, server, **changes)
    assert problem_in(await sign_in(browser, provider, "ana")) == "oidc_failed"
    assert await person_in(browser) is None


async def test_new_keys_of_the_provider_count_at_once_and_old_ones_no_more(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, provider, "ana")
    behave(provider, server, rotate=True)
    assert (await sign_in(browser, provider, "ana")).headers["location"] == "/"
    behave(provider, server, signer="stranger")  # with the key before
    assert problem_in(await sign_in(browser, provider, "ana")) == "oidc_failed"


async def test_a_client_with_a_secret_sends_it(
    provider: TestProvider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    oidc = {"issuer": provider.issuer, "client_id": "voiceassist", "client_secret": "s3 cr%t", "roles": ROLES}
    async with serving(settings_for(tmp_path_factory.mktemp("secret"), oidc=oidc)) as server:
        await add_person(server, "root", "admin")
        for secret, place in (("s3 cr%t", "/"), ("another", "/sign-in?problem=oidc_failed")):
            behave(provider, server, secret=secret)
            async with httpx.AsyncClient(base_url=base(server)) as browser:
                assert (await sign_in(browser, provider, "ana")).headers["location"] == place


async def test_who_cancels_is_told_so(browser: httpx.AsyncClient) -> None:
    begun = await browser.get("/api/oidc/start")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    answer = await browser.get("/sign-in/callback", params={"error": "access_denied", "state": state})
    assert problem_in(answer) == "oidc_cancelled"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nA: b", "javascript:1", "/api/calls", ""],
)
async def test_no_link_leads_from_here_to_another_site(
    provider: TestProvider, browser: httpx.AsyncClient, wanted: str
) -> None:
    assert (await sign_in(browser, provider, "ana", next=wanted)).headers["location"] == "/"


async def test_page_of_another_site_cannot_begin_a_sign_in_but_the_provider_leads_back(
    provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert (await browser.get("/api/oidc/start", headers=foreign)).status_code == 403
    back = await sent_back(browser, provider, "ana")
    assert (await browser.get(back, headers=foreign)).headers["location"] == "/"


@pytest.mark.parametrize(
    "stuck",
    [(fault, path) for fault in ("hang", "flood") for path in (DISCOVERY, "/token", "/jwks", "/me")],
    ids=" ".join,
)
async def test_provider_that_hangs_or_floods_has_bounds_and_nothing_waits_for_it(
    server: Serving,
    provider: TestProvider,
    browser: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    stuck: tuple[str, str],
) -> None:
    fault, path = stuck
    monkeypatch.setattr(provider_module, "ANSWER_WITHIN_S", 0.5 if fault == "hang" else 30.0)
    back = await sent_back(browser, provider, "ana") if path != DISCOVERY else "/api/oidc/start"
    behave(provider, server, **{fault: [path]})
    answer, meanwhile = await asyncio.gather(browser.get(back), server.http.get("/healthz"))
    assert problem_in(answer) == ("oidc_unreachable" if fault == "hang" else "oidc_failed")
    assert meanwhile.status_code == 200


async def test_provider_that_is_not_there_is_told_and_people_with_passwords_sign_in(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    oidc = {"issuer": "http://127.0.0.1:9", "client_id": "voiceassist", "roles": ROLES}
    async with serving(settings_for(tmp_path_factory.mktemp("alone"), oidc=oidc)) as server:
        await add_person(server, "root", "admin")
        assert problem_in(await server.http.get("/api/oidc/start")) == "oidc_unreachable"
        async with browser_of(server, "root") as root:
            assert (await root.get("/api/people")).status_code == 200


async def test_signing_out_ends_the_session_here_and_leads_to_the_providers(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, provider, "ana")
    left = await browser.delete("/api/session")
    assert left.status_code == 204
    assert await person_in(browser) is None
    there = urlsplit(left.headers["location"])
    assert left.headers["location"].startswith(f"{provider.issuer}/session/end?")
    assert parse_qs(there.query)["post_logout_redirect_uri"] == [f"{base(server)}/sign-in"]
    async with httpx.AsyncClient() as outside:
        page = await outside.get(left.headers["location"])
        assert page.status_code == 200, page.text


async def test_signing_out_works_while_the_provider_hangs(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(browser, provider, "ana")
    monkeypatch.setattr(provider_module, "SIGN_OUT_WITHIN_S", 0.2)
    behave(provider, server, hang=[DISCOVERY])
    left = await browser.delete("/api/session")
    assert (left.status_code, "location" in left.headers) == (204, False)
    assert await person_in(browser) is None


async def test_who_signed_in_with_a_password_signs_out_here_only(server: Serving) -> None:
    async with browser_of(server, "root") as root:
        assert "location" not in (await root.delete("/api/session")).headers


async def test_a_login_that_somebody_has_here_is_not_taken_over(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    behave(provider, server, groups={"root": ["it"]})
    assert problem_in(await sign_in(browser, provider, "root")) == "oidc_login_taken"


async def test_where_logins_are_trusted_somebody_who_was_added_before_is_the_same_person(
    provider: TestProvider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    oidc = {"issuer": provider.issuer, "client_id": "voiceassist", "roles": ROLES, "trust_logins": True}
    async with serving(settings_for(tmp_path_factory.mktemp("trusted"), oidc=oidc)) as server:
        await add_person(server, "root", "admin")
        await add_person(server, "ana", "reviewer")
        behave(provider, server)
        async with httpx.AsyncClient(base_url=base(server)) as browser:
            await sign_in(browser, provider, "ana")
            me = await person_in(browser)
            assert (me["login"], me["roles"], me["password"]) == ("ana", ["agent"], True)


async def test_somebody_who_is_disabled_here_stays_out(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    behave(provider, server, groups={"dora": ["agents"]})
    await sign_in(browser, provider, "dora")
    async with browser_of(server, "root") as root:
        assert (await root.patch("/api/people/dora", json={"disabled": True})).status_code == 200
    assert await person_in(browser) is None
    assert problem_in(await sign_in(browser, provider, "dora")) == "oidc_disabled"


async def test_a_login_that_cannot_be_one_is_told(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    behave(provider, server, groups={"señora": ["agents"]})
    assert problem_in(await sign_in(browser, provider, "señora")) == "oidc_bad_login"


async def test_a_server_without_a_provider_knows_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with serving(settings_for(tmp_path_factory.mktemp("none"))) as server:
        answer = await server.http.get("/api/oidc/start")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_provider")


async def test_sign_ins_that_began_are_bounded_and_grow_old() -> None:
    begun = BegunSignIns()
    first, cookie = begun.begin("http://here", "/", 0)
    assert begun.take(first.request.state, cookie, WITHIN_US) is None
    first, cookie = begun.begin("http://here", "/", 0)
    for _ in range(AT_MOST):
        begun.begin("http://here", "/", 0)
    assert begun.take(first.request.state, cookie, 0) is None


async def test_the_audit_tells_of_sign_ins_with_the_provider_and_of_those_that_failed(
    server: Serving, provider: TestProvider, browser: httpx.AsyncClient
) -> None:
    behave(provider, server, groups={"eve": ["agents"]})
    await sign_in(browser, provider, "eve")
    behave(provider, server, groups={"eve": ["choir"]})
    await sign_in(browser, provider, "eve")
    behave(provider, server, claims={"nonce": "another"})
    await sign_in(browser, provider, "eve")
    await server.runtime.store.audit.settled()
    async with browser_of(server, "root") as root:
        entries = (await root.get("/api/audit", params={"limit": 100})).json()["entries"]
    told = [
        (entry["who"], entry["what"], entry["detail"])
        for entry in entries
        if entry["who"] in ("eve", "nobody known") or entry["detail"].get("login") == "eve"
    ]
    assert ("eve", "session.opened", "oidc") in [(who, what, detail.get("by")) for who, what, detail in told]
    assert ("eve", "session.failed", "oidc_no_role") in [
        (who, what, detail.get("code")) for who, what, detail in told
    ]
    assert ("nobody known", "oidc_failed") in [(who, detail.get("code")) for who, _, detail in told]
    assert ("voiceassist", "person.added") in [(who, what) for who, what, _ in told]
    assert ("voiceassist", "session.ended", "no_role") in [
        (who, what, detail.get("why")) for who, what, detail in told
    ]
    assert "id_token" not in json.dumps(entries)
