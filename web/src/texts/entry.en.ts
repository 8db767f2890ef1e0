/** English words for coming in: roles, who one is, calls that are waited for, keys, and reasons of alerts. */
import type { Role } from "../roles";
import type { By } from "../types";
import { naming } from "./forms";

const roles: By<Role> = { agent: "Agent", supervisor: "Supervisor", reviewer: "Reviewer", author: "Author", all: "Everything" };

const reasons: { readonly [code: string]: string } = {
  help: "The agent asks for help.",
  missing: "Something that must be said was not said in time.",
  dead_end: "A refusal was left without an alternative.",
  profanity: "The customer keeps swearing.",
  insult: "The customer insults the agent.",
  threat: "The customer threatens to harm someone.",
  slur: "The customer uses a slur.",
  sexual: "The customer harasses the agent sexually.",
  legal_threat: "The customer threatens to go to a lawyer, an authority or the public.",
  escalation: "The customer asks for a manager or somebody else.",
  churn: "The customer wants to leave.",
};

/** What each key of one character does; `keys.ts` has the keys. */
const actions: { readonly [key: string]: string } = {
  "1": "Use the first offer",
  "2": "Use the second offer",
  "3": "Use the third offer",
  d: "Show the card’s details",
  w: "Show why the card came",
  p: "Pause or resume the recording",
  a: "Acknowledge the alert",
  r: "Resolve the alert",
  u: "Undo what was done last",
  "?": "Show the keys",
  " ": "Play or pause",
  j: "Next line",
  k: "Previous line",
};

export const entry = {
  roleTitle: "What do you do here?",
  roleText: "You see the pages of your role. You can change it at any time, at the top of every page.",
  role: naming(roles),
  roleDoes: naming({
    agent: "Talks with customers, and gets a card when it helps.",
    supervisor: "Watches all live calls, and helps when somebody needs it.",
    reviewer: "Reads and hears finished calls.",
    author: "Writes the playbooks: what may be offered, and what is told to whom.",
    all: "All pages, as in a small team.",
  } satisfies By<Role>),
  roleLabel: (role: string) => `Role: ${role}`,
  chosen: "chosen",
  you: (name: string) => `as ${name}`,
  notYou: "Somebody else",
  micTest: "Test the microphone",
  micTestText: "Speak into it and see what is understood, as a test call of your own.",
  whoTitle: "Who are you?",
  whoText: "Your screen then follows your own calls.",
  whoList: "Agents of the last calls",
  whoId: "Your agent’s id in the phone system",
  whoNone: "No call has come yet. Type the id by which your phone system knows you.",
  whoGo: "That’s me",
  whoError: "The list of agents could not be loaded.",
  awaitTitle: (callId: string) => `Waiting for call ${callId} from the phone system`,
  awaitText: "This screen opens by itself when the call begins.",
  awaitAgain: "Wait for it",
  goneTitle: (callId: string) => `Call ${callId} is not there`,
  goneText: "It has not come, its address is mistyped, or it was deleted.",
  continues: "The call broke off and goes on.",
  toContinuation: "Open it",
  failedText: "What was heard until then is kept. Go on without voiceassist; if it happens again, tell whoever runs it.",
  forAdmin: "For whoever runs voiceassist",
  reason: naming(reasons),
  unsaid: (title: string) => `Not said in time: ${title}.`,
  keys: "Keys",
  keysTitle: "Keys of one character",
  keysText: "If you dictate, or press keys by mistake, switch them off or choose other ones. Enter, Esc and the arrows stay.",
  keysOn: "Use these keys",
  keyOf: naming(actions),
  keyHow: "Go to a field, then press the key that you want.",
  keySpace: "Space",
  keyTaken: (key: string) => `“${key}” means something else already.`,
  keyReset: "As they were",
  keysChange: "Change keys, or switch them off",
  tested: "Microphone test",
  delays: "Delay after the words",
  delayCard: (ms: string) => `card ${ms} ms`,
  delayAlert: (ms: string) => `alert ${ms} ms`,
  delayNone: "none yet",
};
