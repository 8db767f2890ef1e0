/** The REST calls that screens make. Every failure is an `ApiError` with a message fit for a person, never the server's own. */
import { askedOf as queueAskedOf, type QueueFilter } from "./screens/followup/places";
import { askedOf, type CallFilter } from "./screens/review/found/places";
import type { ClipView, SharedClip, WantedClip } from "./rest.gen";
import { texts } from "./texts";
import type { Behind } from "./screens/kpis/places";
import type { Action, Activity, AgentDay, AlertsChange, AlertsChanged, CallBegun, CallPage, CallPhone, CallState, CapacityState, FollowUpChoices, FollowUpPage, Hold, Marks, MentionPage, Owners, PeaksView, PersonRef, PhoneAnswer, PhoneWish, SampleSummary, SeenAgent, ServerStatus, SnippetView, UsedTag, WallPage, WireRecord } from "./types";
import type { Facets } from "./types";

export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail = "", // in the server's words: for programs, and for what a person wrote
    readonly done: { [name: string]: string } | null = null, // what somebody else did before, where that is why
  ) {
    super(texts.errors.said(code, status));
  }
}

/** What went wrong, for a person; a mistake of our own pages is told as one of voiceassist. */
export const explain = (error: unknown): string => (error instanceof ApiError ? error.message : texts.errors.said("our_mistake"));

export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("unreachable", 0);
  });
  if (response.ok) return response;
  const error = await asError(response);
  if (response.status === 401 && !AT_THE_DOOR.has(error.code)) for (const run of refused) run();
  throw error;
}

const AT_THE_DOOR = new Set(["bad_sign_in", "code_needed", "bad_code"]); // said to somebody who is just proving who they are
const refused = new Set<() => void>();

/** Calls `run` whenever the server answers that one has to sign in first. */
export const whenRefused = (run: () => void) => refused.add(run);

async function asError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === "object" && body !== null && "message" in body && "code" in body) {
    const done = "done" in body ? (body.done as { [name: string]: string }) : null;
    return new ApiError(String(body.code), response.status, String(body.message), done);
  }
  return new ApiError("", response.status);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send(path, signal ? { signal } : {});
  return (await response.json()) as T;
}

const callPath = (id: string) => `/api/calls/${encodeURIComponent(id)}`;

/** Of a call that may not be there yet: the server waits for it. */
export const socketPath = (id: string) => `${callPath(id)}/socket?wait=true`;
/** Of one agent's calls, or of all, as records. */
export const wallSocketPath = (agent: string | null) =>
  `/api/wall/socket${agent ? `?agent=${encodeURIComponent(agent)}` : ""}`;
export const rowsSocketPath = "/api/wall/socket?rows=true";
export const levelsPath = (id: string) => `${callPath(id)}/levels`;
export const recordingPath = (id: string) => `${callPath(id)}/recording`;
export const peaksPath = (id: string) => `${callPath(id)}/peaks`;
export const exportPath = (id: string, kind: string, query: { [name: string]: string } = {}) => `${callPath(id)}/export.${kind}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ""}`;
export const eventsPath = (id: string) => `${callPath(id)}/events`;
export const sampleRecordingPath = (id: string) => `/api/samples/${encodeURIComponent(id)}/recording`;

export const getAgentDays = (since: string) => getJson<AgentDay[]>(`/api/wall/agents?${new URLSearchParams({ since })}`);
export const getAgents = () => getJson<SeenAgent[]>("/api/agents");
export const getCapacity = (signal: AbortSignal) => getJson<CapacityState>("/api/capacity", signal);
export const getStatus = () => getJson<ServerStatus>("/api/status");
export const getSamples = () => getJson<SampleSummary[]>("/api/samples");
export const getCall = (id: string) => getJson<CallState>(callPath(id));
export const getHold = (id: string) => getJson<Hold | null>(`${callPath(id)}/hold`); // agents may not ask
export const getPeaks = (id: string) => getJson<PeaksView>(peaksPath(id));
export const getEvents = (id: string) => getJson<WireRecord[]>(eventsPath(id));

/** What was said in them, which they are, and which key figure they are behind. */
export interface CallsQuery {
  q: string;
  filter: CallFilter;
  behind: Behind | null;
}

export function getCalls(wanted: CallsQuery, before: string | null, signal: AbortSignal): Promise<CallPage> {
  const query = callsQuery(wanted);
  query.set("limit", "30");
  if (before) query.set("before", before);
  return getJson<CallPage>(`/api/calls?${query}`, signal);
}

/** What these can be filtered by, and how many calls each choice would leave. */
export const getFacets = (wanted: CallsQuery, signal: AbortSignal) => getJson<Facets>(`/api/facets?${callsQuery(wanted)}`, signal);

function callsQuery({ q, filter, behind }: CallsQuery): URLSearchParams {
  const figure = behind && { kpi: behind.kpi, part: behind.part, since: behind.since, until: behind.until };
  const query = new URLSearchParams({ ...figure, ...(q && { q }) });
  for (const [name, value] of askedOf(filter, new Date())) query.append(name, value);
  return query;
}

/** What an address may say: all that is not null. */
export const given = (values: { [name: string]: string | null }) =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));

/** The newest calls of one customer. */
export async function getCustomerCalls(customer: string, limit: number): Promise<CallPage["calls"]> {
  const query = new URLSearchParams({ customer, limit: String(limit) });
  return (await getJson<CallPage>(`/api/calls?${query}`)).calls;
}

/** Finished calls with unresolved alerts that are too old for the wall; `before`: the `next` of the page above. */
export function getOlderRows(before: string | null): Promise<WallPage> {
  return getJson<WallPage>(`/api/wall/older?${new URLSearchParams({ limit: "200", ...(before ? { before } : {}) })}`);
}

/** Does the same with many alerts; those that could not be changed are in the answer. */
export async function changeAlerts(change: AlertsChange): Promise<AlertsChanged> {
  const headers = { "content-type": "application/json" };
  const response = await send("/api/wall/alerts", { method: "POST", headers, body: JSON.stringify(change) });
  return (await response.json()) as AlertsChanged;
}

/** What is to be followed up, newest first; `before` is the `next` of the page before. */
export function getFollowUp(filter: QueueFilter, before: string | null, signal: AbortSignal): Promise<FollowUpPage> {
  const query = new URLSearchParams({ ...queueAskedOf(filter), limit: "100", ...(before ? { before } : {}) });
  return getJson<FollowUpPage>(`/api/follow-up?${query}`, signal);
}

export const getFollowUpChoices = () => getJson<FollowUpChoices>("/api/follow-up/choices");

/** Who can be handed an alert of this call. */
export const getOwners = (callId: string) => getJson<Owners>(`${callPath(callId)}/owners`);

/** What people did with alerts and cues, the newest first. */
export interface ActivityQuery {
  call?: string;
  by?: string;
  deed?: "resolved";
  since?: string; // ISO 8601
  standing?: "true"; // only what nobody has changed since
}

export const getActivity = (query: ActivityQuery) => getJson<Activity>(`/api/activity?${new URLSearchParams({ ...query })}`);

/** Starts a sample call on the server; gives its call id. */
export async function playSample(id: string): Promise<string> {
  const response = await send(`/api/samples/${encodeURIComponent(id)}/play`, { method: "POST" });
  return ((await response.json()) as CallBegun).call_id;
}

/** Hands a person's action to the call; resolves when the server accepted it. */
export async function act(callId: string, action: Action, signal?: AbortSignal): Promise<void> {
  const headers = { "content-type": "application/json" };
  await send(`${callPath(callId)}/actions`, { method: "POST", headers, body: JSON.stringify(action), ...(signal && { signal }) });
}

/** What people wrote about a call, and in place of its words. */
export const getMarks = (callId: string) => getJson<Marks>(`${callPath(callId)}/marks`);

/** Writes something about a call; gives all that stands then. */
export async function mark(callId: string, action: Action): Promise<Marks> {
  const headers = { "content-type": "application/json" };
  const response = await send(`${callPath(callId)}/marks`, { method: "POST", headers, body: JSON.stringify(action) });
  return (await response.json()) as Marks;
}

/** Who can be mentioned in a note about the call. */
export const getMentionable = (callId: string) => getJson<PersonRef[]>(`${callPath(callId)}/people`);
/** Parts of the call that are shared, or were. */
export const getClips = (callId: string) => getJson<SharedClip[]>(`${callPath(callId)}/clips`);

export async function makeClip(callId: string, wanted: WantedClip): Promise<SharedClip> {
  const headers = { "content-type": "application/json" };
  const response = await send(`${callPath(callId)}/clips`, { method: "POST", headers, body: JSON.stringify(wanted) });
  return (await response.json()) as SharedClip;
}

const clipPath = (id: string) => `/api/clips/${encodeURIComponent(id)}`;
export const clipFilePath = (id: string, kind: "ogg" | "wav" | "vtt" | "zip") => `${clipPath(id)}/file.${kind}`;
export const getClip = (id: string) => getJson<ClipView>(clipPath(id));

/** Stops sharing a clip, or takes that back. */
export async function changeClip(id: string, revoked: boolean): Promise<SharedClip> {
  const headers = { "content-type": "application/json" };
  const response = await send(clipPath(id), { method: "PATCH", headers, body: JSON.stringify({ revoked }) });
  return (await response.json()) as SharedClip;
}

export const getUsedTags = () => getJson<UsedTag[]>("/api/tags");
export const getMentions = () => getJson<MentionPage>("/api/mentions");
export const readMentions = () => send("/api/mentions/read", { method: "POST" });

/** What the playbook of a live call offers to write to its agent. */
export const getSnippets = (id: string) => getJson<SnippetView[]>(`${callPath(id)}/snippets`);

/** What can be done in a call by telephone now. */
export const getPhone = (callId: string) => getJson<CallPhone>(`${callPath(callId)}/phone`);

/** Asks the phone system for something; resolves when it is on its way, or done. */
export async function actByPhone(callId: string, wish: PhoneWish): Promise<PhoneAnswer> {
  const headers = { "content-type": "application/json" };
  const response = await send(`${callPath(callId)}/phone`, { method: "POST", headers, body: JSON.stringify(wish) });
  return (await response.json()) as PhoneAnswer;
}

/** Why a call has no recording to play, for a person; null when it has one after all. */
export async function whyNoRecording(id: string): Promise<string | null> {
  try {
    await send(recordingPath(id), { headers: { range: "bytes=0-0" } });
    return null;
  } catch (error) {
    return explain(error);
  }
}
