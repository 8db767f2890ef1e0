/**
 * The screens, each in a file of its own that the browser fetches when it is shown for the first time.
 *
 * Next: `App.svelte` shows the old screen until the new one is here.
 */
import type { Component } from "svelte";
import type { Route } from "./router";

const FILES = {
  account: () => import("./screens/door/AccountPage.svelte"),
  admin: () => import("./screens/admin/AdminPage.svelte"),
  agent: () => import("./screens/agent/AgentPage.svelte"),
  call: () => import("./screens/review/CallPage.svelte"),
  clip: () => import("./screens/review/clips/ClipPage.svelte"),
  followUp: () => import("./screens/followup/FollowUpPage.svelte"),
  kpis: () => import("./screens/kpis/KpisPage.svelte"),
  link: () => import("./screens/door/LinkPage.svelte"),
  microphone: () => import("./screens/start/MicrophonePage.svelte"),
  playbook: () => import("./screens/playbook/PlaybookPage.svelte"),
  policies: () => import("./screens/playbook/PoliciesPage.svelte"),
  reports: () => import("./screens/reports/ReportsPage.svelte"),
  review: () => import("./screens/review/ReviewPage.svelte"),
  role: () => import("./screens/start/RolePage.svelte"),
  signIn: () => import("./screens/door/SignInPage.svelte"),
  start: () => import("./screens/start/EntryPage.svelte"),
  supervisor: () => import("./screens/supervisor/SupervisorPage.svelte"),
  who: () => import("./screens/start/WhoPage.svelte"),
} satisfies { [name: string]: () => Promise<{ default: Component<never> }> };

type Name = keyof typeof FILES;
type Loaded = { [N in Name]?: Awaited<ReturnType<(typeof FILES)[N]>>["default"] };

/** Those that are here. */
class Screens {
  all = $state.raw<Loaded>({});
}

export const screens = new Screens();

function nameOf(route: Route): Name | null {
  if (route.page === "unknown") return null; // it is in the frame
  if (route.page === "setup" || route.page === "reset") return "link";
  return route.page === "agent" && route.agent === null && route.call === null ? "who" : route.page;
}

export function isHere(route: Route): boolean {
  const name = nameOf(route);
  return name === null || name in screens.all;
}

/** Fetches the screen of a route. Raises when it cannot be had: no connection, or the server has a newer version. */
export async function fetchScreen(route: Route): Promise<void> {
  const name = nameOf(route);
  if (name === null || isHere(route)) return;
  const file = await FILES[name]();
  screens.all = { ...screens.all, [name]: file.default };
}
