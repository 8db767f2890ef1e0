"""One call: its inputs, cards, alerts, refusals and absences."""
