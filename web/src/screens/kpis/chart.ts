/** One figure over time as a line, drawn by uPlot; the colours are those of the page. In a chunk of its own. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  times: readonly number[]; // seconds since 1970
  values: readonly (number | null)[]; // null: there was nothing to measure
  say: (value: number) => string; // as people read it
  day: (time: number) => string;
}

export const HEIGHT_PX = 220;

/** Draws into a place; gives what takes it away again. */
export function draw(place: HTMLElement, line: Line): () => void {
  const style = getComputedStyle(place);
  const chart = new uPlot(options(place, line, style), [[...line.times], [...line.values]], place);
  const observer = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT_PX }));
  observer.observe(place);
  return () => (observer.disconnect(), chart.destroy());
}

const LABEL_PX = 52; // "Nov 23", and some room

/** Between two names of the axis, where there is nothing between two whole numbers. */
const WHOLES = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((first) => first * 10 ** power)).flat();

const isInWholes = (say: Line["say"]) => [say(0), say(1)].includes(say(0.5));

/** Of how many steps one is named, so that names do not touch. */
const every = (chart: uPlot) => Math.ceil((LABEL_PX * (chart.data[0]?.length ?? 1)) / chart.width);

/** Custom colours as a canvas takes them: `light-dark()` is resolved where the colour is used, so a probe uses it. */
function colour(place: HTMLElement, name: string): string {
  const probe = place.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function options(place: HTMLElement, { say, day }: Line, style: CSSStyleDeclaration): uPlot.Options {
  const [ink, faint, accent] = ["--ink-2", "--line", "--accent"].map((name) => colour(place, name)) as [string, string, string];
  const font = `12px ${style.fontFamily}`;
  const axis: uPlot.Axis = { stroke: ink, font, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint, width: 1 } };
  return {
    width: place.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, splits: (chart) => [...(chart.data[0] ?? [])], values: (chart, splits) => splits.map((time, i) => ((splits.length - 1 - i) % every(chart) === 0 ? day(time) : "")), space: 0 },
      { ...axis, size: 64, values: (_, splits) => splits.map(say), ...(isInWholes(say) ? { incrs: WHOLES } : {}) },
    ],
    series: [{}, { stroke: accent, width: 2, spanGaps: false, points: { show: true, size: 7, fill: accent } }],
  };
}
