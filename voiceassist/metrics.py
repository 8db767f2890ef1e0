"""What the operator's monitoring reads: counters and gauges in Prometheus' format.

Fed by the app with every record and every loop-lag sample; asks live objects for their depths when scraped.
Never keeps a call's words. Next: `server/ops.py` serves it at /metrics.
"""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from voiceassist.events import (
    Alert,
    AudioGap,
    CallEnded,
    CallFailed,
    CallStarted,
    Cue,
    Event,
    Final,
    Partial,
    Prompt,
    Record,
)

# Around the product's aim: half of the cards within 500 ms of the words, 95 % within 900 ms.
LATENCY_BUCKETS_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 5.0)
LAG_EVERY_S = 0.25
# Alerts that no words raise, or that come when time has passed since: they would hide how fast cues are.
WITHOUT_WORDS = frozenset(["help", "dead_end", "silence", "overlap", "missing"])


class Metrics:
    """One registry per app, so that several apps can live in one process (as in tests)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # processor time and memory, under their usual names; Linux only
        self._calls_started = self._counter("calls_started", "Calls that began")
        self._calls_ended = self._counter("calls_ended", "Calls that ended, by reason", "reason")
        self.refused = self._counter(
            "calls_refused", "Calls that were refused for lack of room, by reason", "reason"
        )
        self._transcripts = self._counter("transcripts", "Transcripts, by kind (partial or final)", "kind")
        self._cues = self._counter("cues", "Cues, by kind", "kind")
        self._prompts = self._counter("prompts", "Cards shown, by cue kind", "kind")
        self._alerts = self._counter("alerts", "Alerts, by cue kind", "kind")
        self._late = self._counter("told_late", "Cards and alerts that came late, by what they were", "what")
        self._gaps = self._counter("audio_gaps", "Audio gaps, by cause", "cause")
        self._gap_seconds = self._counter("audio_gap_seconds", "Seconds of missing audio, by cause", "cause")
        self._latency = Histogram(
            "voiceassist_cue_to_screen_seconds",
            "From the end of the spoken cue to the card or alert leaving for the screens",
            buckets=LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.loop_lag = self.gauge("event_loop_lag_seconds", "How late the event loop last woke up")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"voiceassist_{name}", text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, read: Callable[[], float] | None = None) -> Gauge:
        """A gauge; with `read` it is asked at every scrape."""
        gauge = Gauge(f"voiceassist_{name}", text, registry=self.registry)
        if read:
            gauge.set_function(read)
        return gauge

    def gauges(
        self, name: str, text: str, labels: tuple[str, ...], reads: Mapping[tuple[str, ...], Callable[[], float]]
    ) -> None:
        """A gauge per set of label values, each asked at every scrape."""
        gauge = Gauge(f"voiceassist_{name}", text, labels, registry=self.registry)
        for values, read in reads.items():
            gauge.labels(*values).set_function(read)

    def publish(self, record: Record) -> None:
        """Counts one published record."""
        self._observe(record.event)

    def _observe(self, event: Event) -> None:  # noqa: C901 - a table, one row per event
        match event:
            case Partial():
                self._transcripts.labels("partial").inc()
            case Final():
                self._transcripts.labels("final").inc()
            case Cue() if event.reach != "colour":
                self._cues.labels(event.kind).inc()
            case Prompt():
                self._prompts.labels(event.kind).inc()
                self._late.labels("card").inc(event.late)
                self._latency.observe(event.why.latency_ms / 1000)
            case Alert():
                self._alerts.labels(event.kind).inc()
                self._late.labels("alert").inc(event.late)
                if event.kind not in WITHOUT_WORDS:
                    self._latency.observe(event.why.latency_ms / 1000)
            case AudioGap():
                self._gaps.labels(event.cause).inc()
                self._gap_seconds.labels(event.cause).inc(event.duration_ms / 1000)
            case CallStarted():
                self._calls_started.inc()
            case CallEnded():
                self._calls_ended.labels(event.reason).inc()
            case CallFailed():
                self._calls_ended.labels("failed").inc()
            case _:
                pass

    def text(self) -> bytes:
        """The exposition that Prometheus scrapes."""
        return generate_latest(self.registry)


async def measure_loop_lag(metrics: Metrics) -> None:
    """Runs for ever: how much later than asked does the event loop wake us."""
    while True:
        asleep_s = monotonic()
        await asyncio.sleep(LAG_EVERY_S)
        metrics.loop_lag.set(monotonic() - asleep_s - LAG_EVERY_S)
