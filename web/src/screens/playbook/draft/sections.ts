/** The parts of the playbook screen, in the order of its contents. */
export const SECTIONS = ["policies", "cues", "cards", "disclosures", "coaching", "general", "try", "examples", "backtest", "history", "publish"] as const;
export type Section = (typeof SECTIONS)[number];
export const isSection = (name: string): name is Section => (SECTIONS as readonly string[]).includes(name);
