/** The editor against a server in memory that keeps one draft by its rules. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { applyAll } from "../src/screens/playbook/draft/edits";
import { examplesNaming } from "../src/screens/playbook/draft/examples";
import { Editor } from "../src/screens/playbook/draft/editor.svelte";
import type { Edit, Mapping, Playbook } from "../src/screens/playbook/draft/types";
import { texts } from "../src/texts";
import { toasts } from "../src/ui/toasts.svelte";

const current = { number: 1, hash: "a", author: "x", note: "", published_at: "2026-11-21T09:30:00Z", is_current: true };
const published: Mapping = { title: "Shop", policies: { discount: { say: "No.", avoid: "Never." } } };
const SAY = ["policies", "discount", "say"];

interface Sent {
  revision: number;
  edits?: Edit[];
  text?: string;
}

/** Keeps text as JSON: the editor never looks into it. */
class FakeServer {
  draft: Playbook["draft"] = null;
  requests: string[] = [];
  isGone = false;
  refuses: string | null = null;
  refusesOnce = false;

  playbook = (): Playbook => ({ name: "shop", current, document: published, text: JSON.stringify(published), draft: this.draft, builtin: { rules: [], words: {} }, offer: { withdrawn: null, default_for: [], could_be_default_for: [], defaults: [] } });

  save(text: string, by = "Kim"): void {
    const revision = (this.draft?.revision ?? 0) + 1;
    this.draft = { text, document: JSON.parse(text) as Mapping, problems: [], base: 1, revision, by, saved_at: "", changes: 1 };
  }

  fetch = (path: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? "GET";
    this.requests.push(method);
    if (this.isGone) return Promise.reject(new TypeError("network"));
    if (method === "GET") return answer(this.playbook());
    if (method === "DELETE") return this.discard(Number(new URLSearchParams(path.split("?")[1]).get("revision")));
    return this.change(JSON.parse(String(init.body)) as Sent);
  };

  private discard(revision: number): Promise<Response> {
    if (revision !== this.draft?.revision) return answer({ code: "draft_changed", message: "somebody was faster" }, 409);
    this.draft = null;
    return answer({});
  }

  private change({ revision, edits, text }: Sent): Promise<Response> {
    if (this.refuses) {
      const message = this.refuses;
      if (this.refusesOnce) this.refuses = null;
      return answer({ code: "bad_edit", message }, 422);
    }
    if (revision !== (this.draft?.revision ?? 0)) return answer({ code: "draft_changed", message: "somebody was faster" }, 409);
    this.save(text ?? JSON.stringify(applyAll(this.draft?.document ?? published, edits ?? [])));
    return answer(this.draft);
  }
}

const answer = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));

let server: FakeServer;
let editor: Editor;
const quiet = () => vi.advanceTimersByTimeAsync(600);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  vi.stubGlobal("fetch", server.fetch);
  editor = new Editor(server.playbook());
});
afterEach(() => {
  editor.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("what is typed is seen at once, and saved in one request after a pause", async () => {
  for (const text of ["Y", "Ye", "Yes"]) editor.set(SAY, text);
  expect([editor.value(SAY), editor.saving, server.requests]).toEqual(["Yes", "waiting", []]);
  await quiet();
  expect([server.draft?.document, editor.saving, server.requests]).toEqual([{ ...published, policies: { discount: { say: "Yes", avoid: "Never." } } }, "saved", ["PATCH"]]);
});

test("steps back and forward go through the texts that were saved", async () => {
  editor.set(SAY, "Yes.");
  await quiet();
  editor.remove(["policies", "discount", "avoid"]);
  await editor.undo();
  expect([editor.value(["policies", "discount", "avoid"]), editor.value(SAY), editor.canRedo]).toEqual(["Never.", "Yes.", true]);
  await editor.undo();
  expect([editor.value(SAY), editor.canUndo, server.draft?.document]).toEqual(["No.", false, published]);
  await editor.redo();
  expect(editor.value(SAY)).toBe("Yes.");
});

test("an item that was removed comes back by itself, whatever came since", async () => {
  editor.removeItems([{ path: ["policies", "discount"], at: 0 }], "Removed");
  const back = toasts.list.at(-1);
  editor.set(["title"], "Shops");
  await quiet();
  if (back) toasts.undo(back);
  await quiet();
  expect(server.draft?.document).toEqual({ ...published, title: "Shops" });
});

test("an item goes in one step with the examples that name it, and comes back with them", async () => {
  const examples = [{ topic: "discount" }, { topic: "other" }, { topic: "discount" }];
  editor.set(["examples"], examples);
  await quiet();
  const places = examplesNaming(editor.document, ["policies", "discount"]).map((at) => ({ path: ["examples", at], at }));
  editor.removeItems([{ path: ["policies", "discount"], at: 0 }, ...places], "Removed");
  const back = toasts.list.at(-1);
  await quiet();
  expect(server.draft?.document).toEqual({ title: "Shop", policies: {}, examples: [{ topic: "other" }] });
  await editor.undo();
  expect(server.draft?.document).toEqual({ ...published, examples });
  await editor.redo();
  editor.set(["title"], "Shops");
  await quiet();
  if (back) toasts.undo(back);
  await quiet();
  expect(server.draft?.document).toEqual({ ...published, title: "Shops", examples });
});

test("without the server nothing is lost, and it is saved when the server is back", async () => {
  server.isGone = true;
  editor.set(SAY, "Yes.");
  await quiet();
  expect([editor.saving, editor.value(SAY)]).toEqual(["failed", "Yes."]);
  server.isGone = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([editor.saving, server.draft?.document?.policies]).toEqual(["saved", { discount: { say: "Yes.", avoid: "Never." } }]);
});

test("an edit that the server will never take goes away, with the reason", async () => {
  server.refuses = "there is no such place";
  editor.set(SAY, "Yes.");
  await quiet();
  expect([editor.saving, editor.failure, editor.value(SAY)]).toEqual(["failed", texts.errors.said("bad_edit"), "No."]);
});

test("an edit that is refused does not keep the next one from being saved, and its reason stays to be read", async () => {
  server.refuses = "there is no such place";
  server.refusesOnce = true;
  editor.set(SAY, "Yes.");
  editor.remove(["policies", "discount", "avoid"]);
  await quiet();
  expect(server.draft?.document?.policies).toEqual({ discount: { say: "No." } });
  expect([editor.saving, toasts.list.at(-1)?.text]).toEqual(["saved", texts.errors.said("bad_edit")]);
});

test.each(["mine", "theirs"])("two people's drafts: keeping %s", async (kept) => {
  editor.set(SAY, "Mine.");
  server.save(JSON.stringify({ ...published, title: "Theirs" }), "Omar");
  await quiet();
  expect([editor.saving, editor.conflict?.by, editor.value(SAY)]).toEqual(["conflict", "Omar", "Mine."]);
  if (kept === "mine") editor.keepMine();
  else editor.takeTheirs();
  await quiet();
  expect([editor.value(["title"]), editor.value(SAY), editor.saving]).toEqual(["Theirs", kept === "mine" ? "Mine." : "No.", "saved"]);
});

test("what somebody else saved is not discarded unseen", async () => {
  editor.set(SAY, "Yes.");
  await quiet();
  server.save(JSON.stringify(published), "Lee");
  await expect(editor.discard()).rejects.toThrow("Somebody else saved");
  expect(server.draft?.by).toBe("Lee");
});

test("a draft that was discarded can be brought back", async () => {
  editor.set(SAY, "Yes.");
  const text = await editor.discard();
  expect([editor.draft, editor.value(SAY), server.draft]).toEqual([null, "No.", null]);
  expect([await editor.import(text), editor.value(SAY)]).toEqual([true, "Yes."]);
});

test("what was typed last is sent when the page is left", async () => {
  editor.set(SAY, "Yes.");
  editor.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(server.requests).toEqual(["PATCH"]);
});

// ---- a window that closes --------------------------------------------------------------------------------

/** A browser's storage in memory. */
function stubStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) });
  return kept;
}

const reopened = () => new Editor(server.playbook());

test("what was typed last is sent at once when the window closes, by a request that outlives it", async () => {
  const kept = stubStorage();
  const sent: RequestInit[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => (sent.push(init), server.fetch(path, init)));
  editor.set(SAY, "Gladly.");
  editor.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect([sent.length, sent[0]?.keepalive, server.draft?.document]).toMatchObject([1, true, { policies: { discount: { say: "Gladly." } } }]);
  expect(kept.size).toBe(0); // it arrived
});

test("what did not arrive is there when the playbook is opened again, and is saved then", async () => {
  stubStorage();
  server.isGone = true;
  editor.set(SAY, "Gladly.");
  editor.leave();
  editor.close();
  await vi.advanceTimersByTimeAsync(0);
  server.isGone = false;
  const again = reopened();
  expect([again.value(SAY), again.conflict]).toEqual(["Gladly.", null]);
  await quiet();
  expect(server.draft?.document).toMatchObject({ policies: { discount: { say: "Gladly." } } });
  expect(localStorage.getItem("unsaved playbook shop")).toBeNull();
});

test("what arrived although the window never heard of it is not saved twice", () => {
  stubStorage();
  const document = applyAll(published, [{ op: "set", path: SAY, value: "Gladly." }]);
  editor.set(SAY, "Gladly.");
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  editor.leave();
  server.save(JSON.stringify(document));
  const again = reopened();
  expect([again.isUnsaved, again.conflict, again.value(SAY)]).toEqual([false, null, "Gladly."]);
});

test("what somebody else saved in the meantime is not overwritten: the person chooses", async () => {
  stubStorage();
  server.isGone = true;
  editor.set(SAY, "Mine.");
  editor.leave();
  editor.close();
  server.isGone = false;
  server.save(JSON.stringify({ ...published, title: "Theirs" }), "Omar");
  const again = reopened();
  expect([again.saving, again.conflict?.by]).toEqual(["conflict", "Omar"]);
  again.keepMine();
  await quiet();
  expect(server.draft?.document).toMatchObject({ title: "Theirs", policies: { discount: { say: "Mine." } } });
});

test("a renaming with all that follows is one request, and one step to undo", async () => {
  editor.rename(["policies", "discount"], "rebate");
  await quiet();
  expect([server.requests.filter((one) => one === "PATCH").length, Object.keys(editor.value(["policies"]) as Mapping)]).toEqual([1, ["rebate"]]);
  await editor.undo();
  expect([Object.keys(editor.value(["policies"]) as Mapping), editor.otherName(["policies", "rebate"])]).toEqual([["discount"], "discount"]);
});
