/** The REST calls about who may do what: sessions, passwords, people. Failures as in `api.ts`. */
import { getJson, send } from "./api";
import type { KeyMade, KeyView, Me, NewKey, NewPerson, OwnSession, PersonAdded, PersonChange, PersonView, SessionView, TotpBegun } from "./rest.gen";

export type { KeyMade, KeyView, Me, NewKey, OwnSession, PersonAdded, PersonChange, PersonView, SessionView, TotpBegun };
export type KeyScope = KeyView["scopes"][number];
export type PersonRole = Me["roles"][number];

async function sendJson(method: string, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return await send(path, { method, headers, body: JSON.stringify(body) });
}

export const getSession = () => getJson<SessionView>("/api/session");
export const signIn = (login: string, password: string, code: string) =>
  sendJson("POST", "/api/session", code ? { login, password, code } : { login, password });
/** Where one signs in with the provider; it leads back to a page of ours. */
export const providerPath = (next: string) => `/api/oidc/start?${new URLSearchParams({ next })}`;

/** Signs out here; gives the address that goes on from there: the provider's, where one signed in with it. */
export async function signOut(): Promise<string> {
  const response = await send("/api/session", { method: "DELETE" });
  return response.headers.get("location") ?? "/sign-in";
}

export const setUp = (token: string, login: string, name: string, password: string) =>
  sendJson("POST", "/api/setup", { token, login, name, password });
export const resetPassword = (token: string, password: string) => sendJson("POST", "/api/reset", { token, password });

export const getOwnSessions = () => getJson<OwnSession[]>("/api/sessions");
export const endOwnSession = (id: string) => send(`/api/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
export const endOwnSessions = () => send("/api/sessions", { method: "DELETE" });
export const changePassword = (old: string, fresh: string) => sendJson("PATCH", "/api/me", { password: { old, new: fresh } });

export async function beginTotp(): Promise<TotpBegun> {
  return (await (await send("/api/me/totp", { method: "POST" })).json()) as TotpBegun;
}

export const turnTotpOn = (code: string) => sendJson("PUT", "/api/me/totp", { code });
export const turnTotpOff = (code: string) => sendJson("DELETE", "/api/me/totp", { code });

const personPath = (login: string) => `/api/people/${encodeURIComponent(login)}`;

export const getPeople = () => getJson<PersonView[]>("/api/people");

export async function addPerson(person: NewPerson): Promise<PersonAdded> {
  return (await (await sendJson("POST", "/api/people", person)).json()) as PersonAdded;
}

export async function changePerson(login: string, change: PersonChange): Promise<PersonView> {
  return (await (await sendJson("PATCH", personPath(login), change)).json()) as PersonView;
}

/** A link with which that person sets a password, once. */
export async function newLink(login: string): Promise<string> {
  return ((await (await send(`${personPath(login)}/reset`, { method: "POST" })).json()) as { link: string }).link;
}

export const getKeys = () => getJson<KeyView[]>("/api/keys");

/** The answer has the secret, which nobody can ask for again. */
export async function makeKey(key: NewKey): Promise<KeyMade> {
  return (await (await sendJson("POST", "/api/keys", key)).json()) as KeyMade;
}

export const revokeKey = (id: string) => send(`/api/keys/${encodeURIComponent(id)}`, { method: "DELETE" });
