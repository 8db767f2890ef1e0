/** The player of a recording, with an audio element that keeps seconds as browsers do. */
import { expect, test } from "vitest";
import { Player } from "../src/live/player.svelte";

test("after a seek the player is at the very millisecond, although the browser keeps a little less", () => {
  const player = new Player("c", 20_000);
  let seconds = 0;
  player.element = {
    readyState: 1,
    paused: true,
    get currentTime() {
      return seconds;
    },
    set currentTime(wanted: number) {
      seconds = wanted - 0.000_000_4; // Chromium rounds to whole microseconds
    },
  } as HTMLAudioElement;
  player.seek(12_345);
  player.moved();
  expect(player.at_ms).toBe(12_345);
});
