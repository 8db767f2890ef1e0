/** Why an incident can be resolved, in the order in which a person is asked. */
export const REASONS = ["helped", "false_alarm", "no_action"] as const;
