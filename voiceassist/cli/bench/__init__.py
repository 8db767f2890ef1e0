"""`voiceassist bench`: measurements that an operator can repeat on their own machine."""

from voiceassist.cli.lazy import group

app = group(
    {
        "cues": "voiceassist.cli.bench.cues:bench_cues",
        "early": "voiceassist.cli.bench.early:bench_early",
        "latency": "voiceassist.cli.bench.latency:latency",
    }
)


@app.callback()
def bench() -> None:
    """Measure delays, and what cues cost.

    Example: voiceassist bench cues
    """
