/** The English texts of coaching: a supervisor's messages to an agent, and who comes to help. Next: `en.ts`. */
import type { CoachingAnswer } from "../types";
import { whole } from "../format";
import { counting, naming } from "./forms";

const counted = counting("en");
const answers = { thumbs_up: "Good, thanks", need_you: "Need you", text: "Answer" } satisfies { [answer in CoachingAnswer]: string };

export const coaching = {
  title: "Messages",
  message: "Message",
  toAgent: "Messages to the agent",
  box: "Write to the agent",
  boxHint: "One line for the agent, shown when no card is on their screen",
  nothing: "Nothing written yet. The agent sees one line at a time, and can answer with one key.",
  send: "Send",
  snippets: "The playbook’s messages",
  snippetKey: (number: number) => `Alt+${whole(number)}`,
  over: "The call is over: nothing new can be written to its agent.",
  left: (count: number) => counted(count, { one: "# character left", other: "# characters left" }),
  sent: (time: string) => `sent ${time}`,
  delivered: (time: string) => `delivered ${time}`,
  seen: (time: string) => `seen ${time}`,
  answered: (time: string) => `answered ${time}`,
  sending: "sending…",
  waiting: "waiting for the connection…",
  refused: (why: string) => `Not sent. ${why}`,
  again: "Send again",
  drop: "Discard",
  withdraw: "Take back",
  answer: naming(answers),
  thumbsUp: "Good, thanks",
  needYou: "Need you",
  reply: "Answer in words",
  answerTo: (name: string) => `Answer to ${name}`,
  answersSay: (name: string, answer: string) => `${name} answers: ${answer}`,
  says: (name: string, text: string) => `Message from ${name}: ${text}`,
  none: "No message from your supervisor",
  history: "All messages",
  historyCount: (count: number) => counted(count, { one: "# message", other: "# messages" }),
  more: (count: number) => `+${whole(count)}`,
  notSeen: "not seen",
  notAnswered: "not answered",
  withCopy: "Copy messages, too",
  helpTold: (time: string) => `Supervisors were told at ${time}`,
  helpUnheard: (minutes: string) => `Nobody has answered for ${minutes} min; the call stays at the top of their wall`,
  helpComing: (name: string) => `${name} is coming`,
  helpDone: (name: string) => `${name}: helped`,
  helpClosed: (name: string) => `${name} has closed your call for help`,
};
