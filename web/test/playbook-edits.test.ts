import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply, applyAll, joined, removing, setting } from "../src/screens/playbook/draft/edits";
import { fieldId, isUnder, placeOf, textAt, textsAt, valueAt } from "../src/screens/playbook/draft/paths";
import { nameFrom } from "../src/screens/playbook/draft/names";
import { tidy, typedInto } from "../src/screens/playbook/draft/phrases";
import type { Edit, Mapping, Path } from "../src/screens/playbook/draft/types";

const shop: Mapping = {
  title: "Shop",
  policies: {
    discount: { topic: "Discount", asked: ["cheaper", "money off"], alternatives: { credit: { text: "Credit", tiers: ["gold"] } } },
    general: { topic: "Anything else" },
  },
};

describe("an edit", () => {
  test("sets a field and leaves the rest as it was, and the document too", () => {
    const next = apply(shop, { op: "set", path: ["policies", "discount", "topic"], value: "Price" });
    expect(textAt(next, ["policies", "discount", "topic"])).toBe("Price");
    expect(valueAt(next, ["policies", "general"])).toBe(valueAt(shop, ["policies", "general"]));
    expect(textAt(shop, ["policies", "discount", "topic"])).toBe("Discount");
  });

  test("makes the mappings that lead to a field", () => {
    const edit = setting(shop, ["cues", "insult", "except"], ["silly goose"]);
    expect(edit).toEqual({ op: "set", path: ["cues"], value: { insult: { except: ["silly goose"] } } });
    expect(textsAt(apply(shop, edit), ["cues", "insult", "except"])).toEqual(["silly goose"]);
    expect(apply(shop, { op: "set", path: ["cues", "insult", "except"], value: ["silly goose"] })).toEqual(apply(shop, edit));
  });

  test("inserts, moves and renames where names have an order", () => {
    const names = (edit: Edit) => Object.keys(valueAt(apply(shop, edit), ["policies"]) as Mapping);
    expect(names({ op: "insert", path: ["policies", "delivery"], value: {}, to: 1 })).toEqual(["discount", "delivery", "general"]);
    expect(names({ op: "insert", path: ["policies", "delivery"], value: {} })).toEqual(["discount", "general", "delivery"]);
    expect(names({ op: "move", path: ["policies", "general"], to: 0 })).toEqual(["general", "discount"]);
    expect(names({ op: "rename", path: ["policies", "discount"], to: "price" })).toEqual(["price", "general"]);
    expect(names({ op: "remove", path: ["policies", "discount"] })).toEqual(["general"]);
  });

  test("works in lists by place", () => {
    const asked: Path = ["policies", "discount", "asked"];
    const after = (edit: Edit) => textsAt(apply(shop, edit), asked);
    expect(after({ op: "insert", path: [...asked, 0], value: "rebate" })).toEqual(["rebate", "cheaper", "money off"]);
    expect(after({ op: "set", path: [...asked, 1], value: "x" })).toEqual(["cheaper", "x"]);
    expect(after({ op: "move", path: [...asked, 1], to: 0 })).toEqual(["money off", "cheaper"]);
    expect(after({ op: "remove", path: [...asked, 0] })).toEqual(["money off"]);
  });

  test.each<Edit>([
    { op: "remove", path: ["policies", "gone", "say"] },
    { op: "rename", path: ["policies", "gone"], to: "x" },
    { op: "move", path: ["policies", "discount", "asked", 7], to: 0 },
    { op: "set", path: ["title", "inside"], value: "x" },
    { op: "remove", path: [] },
  ])("whose place is gone changes nothing: $op $path", (edit) => {
    expect(apply(shop, edit)).toEqual(shop);
  });

  test("of the same field again replaces the one that waits; of another it does not", () => {
    const typed = (value: string): Edit => ({ op: "set", path: ["title"], value });
    const other: Edit = { op: "set", path: ["language"], value: "en" };
    expect([typed("S"), typed("Sh"), other, typed("Sho")].reduce<Edit[]>(joined, [])).toEqual([typed("Sh"), other, typed("Sho")]);
  });

  const key = fc.constantFrom("a", "b", "c");
  const path = fc.array(key, { minLength: 1, maxLength: 3 });
  const value = fc.oneof(fc.string(), fc.array(fc.string()), fc.dictionary(key, fc.string()));
  const edits = fc.array(
    fc.oneof(
      fc.record({ op: fc.constant("set" as const), path, value }),
      fc.record({ op: fc.constant("remove" as const), path }),
      fc.record({ op: fc.constant("insert" as const), path, value }),
    ),
  );

  test("joined with others gives the same document as each on its own", () => {
    fc.assert(fc.property(edits, (all) => {
        expect(applyAll({}, all.reduce<Edit[]>(joined, []))).toEqual(applyAll({}, all));
      }));
  });

  test("that sets a field is found at the field, wherever that is", () => {
    fc.assert(fc.property(edits, path, fc.string(), (all, to, text) => {
        const top = applyAll({}, all);
        const edit = setting(top, to, text);
        const parents = to.slice(0, -1).map((_, i) => valueAt(top, to.slice(0, i + 1)));
        fc.pre(parents.every((parent) => parent === undefined || (typeof parent === "object" && !Array.isArray(parent))));
        expect(textAt(apply(top, edit), to)).toBe(text);
      }));
  });

  test("that takes away the last of what means nothing empty takes that away as well", () => {
    const top = { cues: { insult: { rules: { own: { phrases: [] } } } }, policies: { a: { alternatives: { b: {} } } } };
    expect(removing(top, ["cues", "insult", "rules", "own"])).toEqual({ op: "remove", path: ["cues"] });
    expect(removing(top, ["policies", "a", "alternatives", "b"])).toEqual({ op: "remove", path: ["policies", "a", "alternatives", "b"] });
  });
});

describe("a path", () => {
  test("leads to a section and its item", () => {
    const places: [Path, string, string | null][] = [
      [["policies", "discount", "say"], "policies", "discount"],
      [["missing", "notice"], "disclosures", "notice"],
      [["words", "we", 0], "cues", "words"],
      [["cues", "insult", "except", 1], "cues", "insult"],
      [["ladder", "steps", "insult"], "cards", "ladder"],
      [["alerts", "churn"], "cards", "alerts"],
      [["limits", "gap_s"], "general", null],
      [[], "general", null],
    ];
    for (const [path, section, item] of places) expect(placeOf(path)).toEqual({ section, item });
  });

  test("has a name on the page that no other has", () => {
    const keys = fc.array(fc.oneof(fc.string(), fc.nat(9)), { maxLength: 4 });
    fc.assert(fc.property(keys, keys, (a, b) => {
        const same = a.length === b.length && a.every((one, i) => String(one) === String(b[i]));
        expect(fieldId(a) === fieldId(b)).toBe(same);
      }));
  });

  test("that leads nowhere gives nothing, even by a name that every object has", () => {
    expect([valueAt(shop, ["constructor"]), valueAt(shop, ["title", 0]), textAt(shop, ["policies", "x", "y"])]).toEqual([undefined, undefined, ""]);
    expect([isUnder(["a", 1], ["a"]), isUnder(["a"], ["a", 1]), textsAt({ a: "one" }, ["a"])]).toEqual([true, false, ["one"]]);
  });
});

test("a list of phrases takes several lines at once, and keeps nothing empty or twice", () => {
  expect(typedInto(["a", "b"], 1, "x\n- y\n\n• z")).toEqual(["a", "x", "y", "z"]);
  expect(typedInto(["a"], 0, "")).toEqual([""]);
  expect(tidy([" a ", "", "b", "a"])).toEqual(["a", "b"]);
});

test("a name is made from words of any language, and is never one that is taken", () => {
  expect(nameFrom("Return after the deadline!", [])).toBe("return_after_the_deadline");
  expect(nameFrom("Devolución", ["devolucion", "devolucion_2"])).toBe("devolucion_3");
  expect([nameFrom("退货", ["policy"], "policy"), nameFrom("30 days", [])]).toEqual(["policy_2", "days"]);
  fc.assert(fc.property(fc.string(), fc.array(fc.string()), (words, taken) => {
      const name = nameFrom(words, taken);
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(taken).not.toContain(name);
    }));
});
