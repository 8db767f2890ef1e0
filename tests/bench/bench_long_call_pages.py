"""How the pages draw a call of three hours: `python -m tests.bench.bench_long_call_pages [LINES] [SECONDS]`.

Wants the built pages (`make web`) and Chromium, or its path in CHROMIUM. One server has a stored call of 5,000
lines with cues, cards and alerts, and a live one like it that gets a partial every 200 ms and a final every two
seconds. Prints for each page when the first lines and when all lines were in it, its size and its longest task;
then, for some seconds of the call, the longest task, all the time that the main thread worked, and the part of
it that was script, style and layout. The review page gets no partials; there, a person goes on to the next line
every 200 ms.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, CDPSession, Page, ViewportSize, async_playwright

from tests.e2e.conftest import BROWSER_ARGS
from tests.long_call import LINES, LongCall
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.hub import Hub

STEP_S = 0.2  # between two partials: as often as the engines give them
STEPS_PER_FINAL = 10
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")

KEEP_LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longTasks.push(task.duration);
}).observe({ type: "longtask" });
"""
ALL_DRAWN = """([item, lines]) => {
  if (document.querySelectorAll(`[data-testid=${item}]`).length < lines) return false;
  return new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true))));
}"""
TIMES = {
    "TaskDuration": "worked",
    "ScriptDuration": "script",
    "RecalcStyleDuration": "style",
    "LayoutDuration": "layout",
}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A page to open, what it shows once a line, and what happens on it meanwhile."""

    name: str
    path: str
    item: str
    step: Callable[[Page, int], Awaitable[None]]
    lines: int  # that are in the page when it is all there: the review makes those near the window


async def metrics(devtools: CDPSession) -> dict[str, float]:
    answer = await devtools.send("Performance.getMetrics")
    return {metric["name"]: float(metric["value"]) for metric in answer["metrics"]}


async def measure(page: Page, visit: Visit, seconds: float) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")
    begin = time.perf_counter()
    await page.goto(visit.path, wait_until="commit")
    await page.wait_for_selector(f"[data-testid={visit.item}]")
    first_ms = (time.perf_counter() - begin) * 1000
    await page.wait_for_function(ALL_DRAWN, arg=[visit.item, visit.lines], polling=50)
    all_ms = (time.perf_counter() - begin) * 1000
    opening = await page.evaluate("Math.max(0, ...window.longTasks)")
    before = await metrics(devtools)
    parts = ", ".join(f"{name} {before[key] * 1000:.0f}" for key, name in TIMES.items())
    print(f"{visit.name:10} first lines after {first_ms:.0f} ms, all of them after {all_ms:.0f} ms")
    print(f"{'':10} {before['Nodes']:.0f} nodes; longest task {opening:.0f} ms; to open it, in ms: {parts}")
    await page.wait_for_timeout(1_000)  # what the opening left to do
    await page.evaluate("window.longTasks = []")
    before = await metrics(devtools)
    begin = time.perf_counter()
    for number in range(int(seconds / STEP_S)):
        await visit.step(page, number)
        await asyncio.sleep(max(0.0, begin + (number + 1) * STEP_S - time.perf_counter()))
    after = await metrics(devtools)
    longest = await page.evaluate("Math.max(0, ...window.longTasks)")
    each = {name: (after[key] - before[key]) * 1000 * STEP_S / seconds for key, name in TIMES.items()}
    parts = ", ".join(f"{name} {ms:5.1f}" for name, ms in each.items())
    print(f"{'':10} longest task {longest:6.0f} ms; each step in ms: {parts}")


def live_steps(hub: Hub, call: LongCall) -> Callable[[Page, int], Awaitable[None]]:
    for record in call.records():
        hub.publish(record)

    async def step(_: Page, number: int) -> None:
        is_final = number % STEPS_PER_FINAL == STEPS_PER_FINAL - 1
        hub.publish(call.next_final() if is_final else call.next_partial(2 + number % STEPS_PER_FINAL))

    return step


async def next_line(page: Page, _: int) -> None:
    await page.keyboard.press("ArrowDown")


@asynccontextmanager
async def served(lines: int) -> AsyncIterator[tuple[Serving, list[Visit]]]:
    with tempfile.TemporaryDirectory() as directory:
        async with serving(settings_for(Path(directory))) as server:
            stored = LongCall("stored", lines)
            await server.runtime.store.append([*stored.records(), stored.ended()])
            step = live_steps(server.runtime.hub, LongCall("live", lines))
            yield (
                server,
                [
                    Visit(name="agent", path="/agent?call=live", item="final", step=step, lines=lines),
                    Visit(name="supervisor", path="/supervisor?call=live", item="final", step=step, lines=lines),
                    Visit(name="review", path="/review/stored", item="moment", step=next_line, lines=100),
                ],
            )


async def main(lines: int = LINES, seconds: float = 10.0) -> None:
    async with served(lines) as (server, visits), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGS)
        for visit in visits:
            await one_visit(browser, server, visit, seconds)
        await browser.close()


async def one_visit(browser: Browser, server: Serving, visit: Visit, seconds: float) -> None:
    viewport: ViewportSize = {"width": 1440, "height": 900}
    context = await browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}", viewport=viewport, locale="en-US"
    )
    await context.add_init_script(KEEP_LONG_TASKS)
    context.set_default_timeout(120_000)
    await measure(await context.new_page(), visit, seconds)
    await context.close()


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:3]]))
