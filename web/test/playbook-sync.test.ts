import { describe, expect, test } from "vitest";
import { applyAll } from "../src/screens/playbook/draft/edits";
import * as sync from "../src/screens/playbook/draft/sync";
import type { Draft, Edit, Mapping, Playbook } from "../src/screens/playbook/draft/types";

const current = { number: 1, hash: "a", author: "x", note: "", published_at: "2026-11-21T09:30:00Z", is_current: true };
const published: Mapping = { title: "Shop" };
const playbook: Playbook = { name: "shop", current, document: published, text: "title: Shop\n", draft: null, builtin: { rules: [], words: {} }, offer: { withdrawn: null, default_for: [], could_be_default_for: [], defaults: [] } };
const draft = (document: Mapping, revision = 1, by = "Ida"): Draft => {
  return { text: JSON.stringify(document), document, problems: [], base: 1, revision, by, saved_at: "", changes: 1 };
};
const set = (value: string, key = "title"): Edit => ({ op: "set", path: [key], value });

/** A server that saves what is on its way. */
const answered = (state: sync.Sync, revision = 1) => sync.saved(state, draft(applyAll(state.saved, state.sent), revision));
const opened = () => sync.opened(playbook);
const typedAndSaved = (...values: string[]) => values.reduce((state, value, i) => answered(sync.sending(sync.edited(state, set(value))), i + 1), opened());

describe("what a person sees", () => {
  test("is what they type, before any answer", () => {
    const state = sync.edited(opened(), set("Shops"));
    expect([sync.shown(state), sync.isUnsaved(state), sync.revisionOf(state)]).toEqual([{ title: "Shops" }, true, 0]);
  });

  test("keeps what was typed while the answer was on its way", () => {
    const state = answered(sync.edited(sync.sending(sync.edited(opened(), set("Sho"))), set("Shops")));
    expect([state.saved, sync.shown(state), state.waiting]).toEqual([{ title: "Sho" }, { title: "Shops" }, [set("Shops")]]);
  });

  test("stays when saving fails, and waits in the order it was typed", () => {
    const state = sync.failed(sync.edited(sync.sending(sync.edited(opened(), set("A"))), set("en", "language")), "no network");
    expect([sync.shown(state), state.waiting, state.failure]).toEqual([{ title: "A", language: "en" }, [set("A"), set("en", "language")], "no network"]);
    expect(sync.sending(state).failure).toBe("");
  });

  test("goes back to what is saved when the server will never take it, and says why", () => {
    const state = sync.refused(sync.sending(sync.edited(opened(), set("A"))), "no such place");
    expect([sync.shown(state), sync.isUnsaved(state), state.failure]).toEqual([published, false, "no such place"]);
  });
});

describe("steps back and forward", () => {
  test("give each text that was saved, in turn", () => {
    const state = typedAndSaved("A", "B");
    expect(state.undo).toEqual(["title: Shop\n", '{"title":"A"}']);
    const back = sync.undone(state, draft({ title: "A" }, 3));
    expect([back.text, back.undo, back.redo]).toEqual(['{"title":"A"}', ["title: Shop\n"], ['{"title":"B"}']]);
    const forward = sync.redone(back, draft({ title: "B" }, 4));
    expect([forward.text, forward.undo.length, forward.redo]).toEqual(['{"title":"B"}', 2, []]);
  });

  test("take back a removal without what was typed just before it", () => {
    const waiting: Edit[] = [set("A"), set("en", "language"), { op: "remove", path: ["language"] }, set("B")];
    const first = sync.sending({ ...opened(), waiting });
    const second = sync.sending({ ...first, sent: [] });
    expect([first.sent, second.sent, second.waiting]).toEqual([waiting.slice(0, 2), waiting.slice(2, 3), waiting.slice(3)]);
  });

  test("forward again is gone once something new is typed", () => {
    const back = sync.undone(typedAndSaved("A"), draft({ title: "Shop" }, 2));
    expect(answered(sync.sending(sync.edited(back, set("C"))), 3).redo).toEqual([]);
  });

  test("are a hundred at most", () => {
    expect(typedAndSaved(...Array.from({ length: 130 }, (_, i) => String(i))).undo).toHaveLength(100);
  });
});

describe("a draft that somebody else saved meanwhile", () => {
  const theirs = draft({ title: "Theirs", language: "en" }, 5, "Omar");
  const collided = () => sync.conflicted(sync.edited(sync.sending(sync.edited(typedAndSaved("A"), set("Mine"))), set("es", "language")), theirs);

  test("is shown to choose, with nothing lost", () => {
    const state = collided();
    expect([state.conflict?.by, sync.shown(state)]).toEqual(["Omar", { title: "Mine", language: "es" }]);
  });

  test("taken: mine is dropped, and steps that are no longer mine are", () => {
    const state = sync.tookTheirs(collided());
    expect([sync.shown(state), state.conflict, state.undo, sync.revisionOf(state)]).toEqual([theirs.document, null, [], 5]);
  });

  test("kept mine: my edits go on top of theirs", () => {
    const state = sync.keptMine(collided());
    expect([state.saved, sync.shown(state), sync.isUnsaved(state)]).toEqual([theirs.document, { title: "Mine", language: "es" }, true]);
  });

  test("or discarded: theirs is what is published", () => {
    const state = sync.tookTheirs(sync.conflicted(sync.edited(typedAndSaved("A"), set("B")), null));
    expect([sync.shown(state), state.draft, sync.revisionOf(state)]).toEqual([published, null, 0]);
  });
});

test("a draft that is no YAML is broken, and shows what is published", () => {
  const state = sync.opened({ ...playbook, draft: { ...draft({}), document: null, problems: [{ line: 3, path: [], message: "no", code: "other", given: {} }] } });
  expect([sync.isBroken(state), sync.shown(state), sync.problemsOf(state).length]).toEqual([true, published, 1]);
});

test("a playbook that was never published begins with its draft", () => {
  const state = sync.opened({ ...playbook, current: null, document: null, text: "", draft: draft({ title: "New" }) });
  expect(sync.shown(state)).toEqual({ title: "New" });
});
