/**
 * Who is signed in here. Asked before the first page is shown, and again when the server wants somebody to sign in.
 *
 * Never keeps what a person has seen: signing in and out loads the page anew, so nothing of one person is left for
 * the next. Next: `App.svelte` shows the door where one is needed.
 */
import { getSession, type Me, type SessionView } from "../access";
import { whenRefused } from "../api";
import { homeOfPerson, isTheirs } from "../roles";
import { match, path } from "../router";

const OPEN: SessionView = { open: true, person: null, local: true, oidc: null, setup: false };

class Session {
  view = $state.raw<SessionView>(OPEN); // also of a server that knows no sign-in, or cannot be reached
  asked = $state(false); // whether it has answered: pages wait for that

  get person(): Me | null {
    return this.view.person;
  }

  get needsSignIn(): boolean {
    return !this.view.open && this.view.person === null;
  }

  /** Whether a page is for whoever is here. */
  may(page: string): boolean {
    return this.person === null || isTheirs(page, this.person.roles);
  }

  async ask(): Promise<void> {
    this.view = await getSession().catch(() => this.view);
    this.asked = true;
  }

  /** Leads somebody who has just signed in to where they were, or to their work; the page is loaded anew. */
  async enter(next = "/"): Promise<void> {
    await this.ask();
    location.replace(next === "/" && this.person ? homeOfPerson(this.person.roles) : next);
  }

  /** After an answer that only somebody signed in gets, and a socket that was closed. */
  async check(): Promise<void> {
    const before = this.person?.login;
    await this.ask();
    if (this.needsSignIn) location.replace(signInFrom(location));
    else if (this.person?.login !== before) location.reload(); // somebody else signed in, in another tab
  }
}

/** The address of the door, which leads back to where one was. */
export function signInFrom(place: { href: string }): string {
  const route = match(new URL(place.href));
  if (isDoor(route.page)) return place.href;
  return path({ page: "signIn", next: route.page === "unknown" ? "/" : path(route) });
}

/** Whether a page is for those who have not signed in. */
export const isDoor = (page: string): boolean => ["signIn", "setup", "reset"].includes(page);

export const session = new Session();
whenRefused(() => void session.check());
