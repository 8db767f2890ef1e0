import { render } from "svelte/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PersonView, SessionView } from "../src/access";
import { act, getStatus } from "../src/api";
import { session, signInFrom } from "../src/live/session.svelte";
import { server } from "../src/live/server.svelte";
import { homeOfPerson, isTheirs, rolesFor, tabsOfPerson } from "../src/roles";
import { changeOf, draftOf, teamsOf } from "../src/screens/admin/person";
import { browserOf } from "../src/screens/door/browser";
import { texts } from "../src/texts";
import TopBar from "../src/ui/TopBar.svelte";

const OPEN: SessionView = { open: true, person: null, local: true, oidc: null, setup: false };
const SHUT: SessionView = { ...OPEN, open: false };
const anna: SessionView = { ...SHUT, person: { login: "anna", name: "Anna", roles: ["agent"], teams: ["sales"], password: true, totp: false } };

/** A server that tells this of a session, and gives every other request this answer. */
function serve(view: SessionView | null, status = 401, code = "401"): void {
  const json = (body: object, of: number) => new Response(JSON.stringify(body), { status: of });
  vi.stubGlobal("fetch", (path: string) => {
    const told = path === "/api/session" && view !== null ? json(view, 200) : json({ type: "error", code, message: "…" }, status);
    return Promise.resolve(told);
  });
}

let place: { href: string; replace: ReturnType<typeof vi.fn>; reload: ReturnType<typeof vi.fn> };

beforeEach(() => {
  place = { href: "http://localhost/supervisor?call=c1", replace: vi.fn(), reload: vi.fn() };
  vi.stubGlobal("location", place);
  session.view = OPEN;
});
afterEach(() => vi.unstubAllGlobals());

describe("the door", () => {
  test("is not there on an open server, nor on one that knows no sign-in", async () => {
    serve(null, 404, "404");
    await session.check();
    expect([session.asked, session.needsSignIn, place.replace.mock.calls]).toEqual([true, false, []]);
  });

  test("is shown where an answer says that one has to sign in, and leads back", async () => {
    serve(SHUT);
    await expect(getStatus()).rejects.toThrow();
    await vi.waitFor(() => expect(place.replace).toHaveBeenCalledWith("/sign-in?next=%2Fsupervisor%3Fcall%3Dc1"));
  });

  test("is not shown to somebody who may not do one thing, and who is signed in", async () => {
    session.view = anna;
    serve(anna, 403, "403");
    await expect(act("c1", { type: "ask_help" } as never)).rejects.toThrow();
    await session.check();
    expect([place.replace.mock.calls, place.reload.mock.calls]).toEqual([[], []]);
  });

  test("lets nobody see what another person has seen: the page is loaded anew", async () => {
    session.view = anna;
    serve({ ...anna, person: { login: "ben", name: "Ben", roles: ["agent"], teams: [], password: true, totp: false } });
    await session.check();
    expect(place.reload).toHaveBeenCalledOnce();
  });

  test("stays where it is while somebody is at it", () => {
    expect(signInFrom({ href: "http://localhost/reset?token=x" })).toBe("http://localhost/reset?token=x");
    expect(signInFrom({ href: "http://localhost/" })).toBe("/sign-in");
    expect(signInFrom({ href: "http://localhost/nowhere" })).toBe("/sign-in");
  });
});

describe("the top bar", () => {
  const bar = () => render(TopBar, { props: { page: "start" } }).body;

  beforeEach(() => vi.stubGlobal("matchMedia", () => ({ matches: false })));

  test("of an open server is as it was", () => {
    expect(bar()).toContain('data-testid="role"');
    expect(bar()).not.toContain("account-menu");
    expect(bar()).not.toContain("nav-admin");
  });

  test("shows who is signed in, and their pages only", () => {
    session.view = anna;
    expect(bar()).toContain(texts.door.menu("Anna"));
    expect([...bar().matchAll(/nav-(\w+)/g)].map(([, tab]) => tab)).toEqual(["agent", "review"]);
  });

  test("of a demo leads to the sample calls only who may see them, and nobody who has not signed in", () => {
    const shows = (view: SessionView) => {
      session.view = view;
      return bar().includes("nav-start");
    };
    server.status = { demo: true } as never;
    const sue: SessionView = { ...anna, person: anna.person && { ...anna.person, roles: ["supervisor"] } };
    expect([shows(OPEN), shows(SHUT), shows(anna), shows(sue)]).toEqual([true, false, false, true]);
    server.status = null;
  });

  test("shows no pages to somebody who has not signed in", () => {
    session.view = SHUT;
    expect(bar()).not.toMatch(/nav-|data-testid="role"/);
  });
});

test("a page is for the roles whose work is there; one's own account is for everybody", () => {
  expect([rolesFor("review"), rolesFor("call"), rolesFor("admin"), rolesFor("account")]).toEqual([["agent", "supervisor", "reviewer"], ["agent", "supervisor", "reviewer"], ["admin"], null]);
  expect([isTheirs("admin", ["agent"]), isTheirs("admin", ["agent", "admin"]), isTheirs("account", [])]).toEqual([false, true, true]);
  session.view = anna;
  expect([session.may("agent"), session.may("supervisor")]).toEqual([true, false]);
  session.view = OPEN;
  expect(session.may("admin")).toBe(true);
});

test.each([
  ["/", "/agent"], // their work, on a demo too
  ["/review/c1?at=5", "/review/c1?at=5"],
])("who signs in and wanted %s goes on at %s", async (next, to) => {
  serve(anna);
  await session.enter(next);
  expect(place.replace).toHaveBeenCalledExactlyOnceWith(to);
});

test("several roles have the pages of each, in one order; a person without a role has an account", () => {
  expect(tabsOfPerson(["admin", "author", "reviewer"])).toEqual(["review", "playbook", "admin"]);
  expect([homeOfPerson(["admin"]), homeOfPerson(["supervisor", "agent"]), homeOfPerson([])]).toEqual(["/admin", "/agent", "/account"]);
  expect(tabsOfPerson(["of_a_newer_server" as never])).toEqual([]);
});

test.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge", "Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iOS"],
  ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome", "Android"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Linux"],
  ["curl/8.5.0", null, null],
])("%s is told in a word", (agent, browser, system) => {
  expect(browserOf(agent)).toEqual({ browser, system });
});

test("of a changed person only what is different is sent", () => {
  const ben: PersonView = { login: "ben", name: "Ben", roles: ["agent"], teams: ["sales"], disabled: false, totp: false, last_seen_at: null };
  const draft = draftOf(ben, false);
  expect(changeOf(ben, draft)).toEqual({});
  expect(changeOf(ben, { ...draft, teams: " sales \n\nreturns\nsales", roles: ["reviewer", "agent"] })).toEqual({ roles: ["agent", "reviewer"], teams: ["sales", "returns"] });
  expect(teamsOf("\n")).toEqual([]);
  expect(draftOf(null, true).roles).toEqual(["admin"]);
});
