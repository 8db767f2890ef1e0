/** What a browser's `User-Agent` says, in a word or two for people. Pure. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"], // says that it is Chrome and Safari as well
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"], // says that it is Safari as well
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"], // says that it is Linux as well
  [/iPhone|iPad/, "iOS"], // says that it is like Mac OS X
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const first = (agent: string, names: typeof BROWSERS) => names.find(([sign]) => sign.test(agent))?.[1] ?? null;

export const browserOf = (agent: string) => ({ browser: first(agent, BROWSERS), system: first(agent, SYSTEMS) });
