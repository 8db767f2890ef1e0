/** The REST calls of the playbook screen. Failures are `ApiError`s, as for every screen. */
import { getJson, send } from "../../../api";
import type { FeedbackView } from "../../../rest.gen";
import type { Speaker } from "../../../types";
import type { Backtest, Change, Choice, Draft, Outcome, Pending, PhraseTry, Playbook, Shelf, Tried, TryRequest, Version, VersionText } from "./types";

const ALL = "/api/playbooks";
const at = (name: string) => `${ALL}/${encodeURIComponent(name)}`;
/** A browser sends no more than this (64 KiB in all) for a page that closes, and refuses to begin with more. */
const KEPT_ALIVE_BYTES = 60_000;

async function sendJson<T>(method: "POST" | "PUT" | "PATCH", path: string, content: object, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(content);
  const keepalive = method === "PATCH" && new TextEncoder().encode(body).length < KEPT_ALIVE_BYTES; // edits outlive the page
  const response = await send(path, { method, headers, body, keepalive, ...(signal && { signal }) });
  return (await response.json()) as T;
}

export const getPlaybooks = () => getJson<Shelf>(ALL);
export const getPlaybook = (name: string) => getJson<Playbook>(at(name));
export interface NewPlaybook {
  name: string;
  title: string;
  from: string | null; // null: an empty one
  language: string; // of an empty one
}
export const createPlaybook = ({ language, ...wanted }: NewPlaybook) => sendJson<Draft>("POST", ALL, { ...wanted, ...(wanted.from === null && { language }) });

export interface Step {
  revision: number; // of the draft that it changes; 0 where there is none yet
}
export const editDraft = (name: string, { edits, ...step }: Step & { edits: readonly Pending[] }) =>
  sendJson<Draft>("PATCH", `${at(name)}/draft`, { ...step, edits: edits.map((edit) => ({ ...edit, together: undefined })) });
export const replaceDraft = (name: string, step: Step & { text: string }) => sendJson<Draft>("PUT", `${at(name)}/draft`, step);
export const discardDraft = (name: string, revision: number) => send(`${at(name)}/draft?revision=${revision}`, { method: "DELETE" });

type Changes = { changes: readonly Change[] };
export const getDraftChanges = async (name: string) => (await getJson<Changes>(`${at(name)}/draft/changes`)).changes;
export const getVersions = async (name: string) => (await getJson<{ versions: readonly Version[] }>(`${at(name)}/versions`)).versions;
export const getVersion = (name: string, number: number) =>
  getJson<VersionText>(`${at(name)}/versions/${number}`);

/** What `newer` has otherwise than `older`. */
export async function getChanges(name: string, newer: number, older: number): Promise<readonly Change[]> {
  return (await getJson<Changes>(`${at(name)}/versions/${newer}/changes?against=${older}`)).changes;
}

/** What people said of the rules of all versions, of those calls that had them lately. */
export const getFeedback = (name: string) => getJson<FeedbackView>(`${at(name)}/feedback`);

export const tryOut = (name: string, request: TryRequest, signal: AbortSignal) => sendJson<Tried>("POST", `${at(name)}/try`, request, signal);
export const runExamples = async (name: string, draft: boolean, signal: AbortSignal) =>
  (await sendJson<{ examples: Outcome[] }>("POST", `${at(name)}/examples`, { draft }, signal)).examples;
export const publish = (name: string, step: Step & { note: string; over: number | null }) =>
  sendJson<Version>("POST", `${at(name)}/publish`, step);
export const rollBack = (name: string, number: number, note: string) =>
  sendJson<Version>("POST", `${at(name)}/rollback`, { number, note });

export const withdraw = (name: string, note: string) => sendJson<Choice>("POST", `${at(name)}/withdraw`, { note });
export const offerAgain = (name: string, note: string) => sendJson<Choice>("POST", `${at(name)}/offer`, { note });
/** `language`: null for all that the playbook serves. */
export const makeDefault = (name: string, language: string | null, note: string) => sendJson<{ activity: readonly Choice[] }>("POST", `${at(name)}/default`, { language, note });
export const getActivity = async (name: string) => (await getJson<{ activity: readonly Choice[] }>(`${at(name)}/activity`)).activity;
/** Phrases made of sentences, and phrases as they are, tried on ordinary talk of that side. */
export const tryPhrases = async (name: string, wanted: { speaker: Speaker; sentences?: readonly string[]; phrases?: readonly string[] }, signal: AbortSignal) =>
  (await sendJson<{ phrases: PhraseTry[] }>("POST", `${at(name)}/phrases`, wanted, signal)).phrases;

const job = (id: string) => `${ALL}/backtests/${encodeURIComponent(id)}`;
export const startBacktest = async (name: string, last: number) => (await sendJson<{ job: string }>("POST", `${at(name)}/backtest`, { last })).job;
export const getBacktest = (id: string) => getJson<Backtest>(job(id));
export const cancelBacktest = (id: string) => send(job(id), { method: "DELETE" });
