/** How much a person may type: what the server takes (`voiceassist/events.py`; the wire schema says the same). */
export const NOTE_LENGTH = 2_000;
export const COACHING_LENGTH = 300;
export const PLAYBOOK_LENGTH = 300_000; // characters: `CHARS_MAX` in yamltext/document.py
