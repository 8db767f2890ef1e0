"""The delay of cues against the number of calls, as an SVG drawn by hand.

Numbers in, text out; reads and writes nothing. Next: `cli/bench/load.py` writes the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from voiceassist.bench.load.figures import LoadFigures

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 50, 60  # margins
TICK_MS = 200
MOST_TICKS = 8
SERIES = (("p50", "#2b8a3e"), ("p95", "#1864ab"))
HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
    'font-family="sans-serif" font-size="13" fill="#343a40">'
)
LIMIT_COLOUR, LINE_COLOUR = "#c92a2a", "#ced4da"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From calls and milliseconds to the picture's units."""

    calls: int  # at the right edge
    ms: float  # at the top

    def x(self, calls: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * calls / self.calls

    def y(self, ms: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ms / self.ms


def chart(figures: LoadFigures, title: str) -> str:
    """An SVG document."""
    values = {name: _points(figures, name) for name, _ in SERIES}
    most_ms = max([figures.limit_ms, *(ms for points in values.values() for _, ms in points)])
    every_ms = TICK_MS * ceil(most_ms / TICK_MS / MOST_TICKS)
    scale = _Scale(calls=max(step.calls for step in figures.steps), ms=every_ms * ceil(1.05 * most_ms / every_ms))
    parts = [
        HEAD,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 24, title, "start", 'font-weight="bold"'),
        *_axes(scale, every_ms, [step.calls for step in figures.steps]),
        *_limit(scale, figures.limit_ms),
        *(part for name, colour in SERIES for part in _line(scale, name, colour, values[name])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _points(figures: LoadFigures, name: str) -> list[tuple[int, float]]:
    of_steps = ((step.calls, step.p50_ms if name == "p50" else step.p95_ms) for step in figures.steps)
    return [(calls, ms) for calls, ms in of_steps if ms is not None]


def _axes(scale: _Scale, every_ms: int, calls: Sequence[int]) -> Iterator[str]:
    for ms in range(0, round(scale.ms) + 1, every_ms):
        y = scale.y(ms)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE_COLOUR}"/>'
        yield _text(LEFT - 8, y + 4, f"{ms:,}", "end")
    for number in calls:
        yield _text(scale.x(number), HEIGHT - BOTTOM + 20, str(number), "middle")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 15, "calls at once", "middle")
    yield _text(LEFT - 8, TOP - 10, "ms", "end")


def _limit(scale: _Scale, limit_ms: float) -> Iterator[str]:
    y = scale.y(limit_ms)
    yield (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LIMIT_COLOUR}" '
        'stroke-dasharray="6 4"/>'
    )
    yield _text(LEFT + 6, y - 6, f"limit: {limit_ms:,.0f} ms", "start", f'fill="{LIMIT_COLOUR}"')


def _line(scale: _Scale, name: str, colour: str, points: Sequence[tuple[int, float]]) -> Iterator[str]:
    if not points:
        return
    places = [(scale.x(calls), scale.y(ms)) for calls, ms in points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    x, y = places[-1]
    yield _text(x - 8, y - 8, name, "end", f'fill="{colour}" font-weight="bold"')


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {style}>{escape(text)}</text>'
