/** Whose day a page shows: one's own, and nobody else's. Next: the agent's pages. */
import { preferences } from "../../live/preferences.svelte";
import { session } from "../../live/session.svelte";

/** Whether somebody is this agent: as whom they signed in, or as which they said that they work. */
export function isOwn(agentId: string): boolean {
  const own = session.person ? session.person.login : preferences.agent?.id;
  return own !== undefined && own.toLowerCase() === agentId.toLowerCase();
}
