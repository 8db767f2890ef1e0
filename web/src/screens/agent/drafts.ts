/** Notes that were typed and not saved yet, by call; kept in this tab only. */
const PREFIX = "voiceassist.note.";

export const drafts = {
  of: (callId: string): string => sessionStorage.getItem(PREFIX + callId) ?? "",
  keep(callId: string, text: string): void {
    if (text) sessionStorage.setItem(PREFIX + callId, text);
    else sessionStorage.removeItem(PREFIX + callId);
  },
};
