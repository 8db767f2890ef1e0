"""`voiceassist bench`: measurements that an operator can repeat on their own machine."""

from voiceassist.cli.lazy import group

app = group(
    {
        "cues": "voiceassist.cli.bench.cues:bench_cues",
        "early": "voiceassist.cli.bench.early:bench_early",
        "latency": "voiceassist.cli.bench.latency:latency",
        "load": "voiceassist.cli.bench.load:bench_load",
        "peer": "voiceassist.cli.bench.peer:bench_peer",
    }
)


@app.callback()
def bench() -> None:
    """Measure delays, load, and what hearing and cues cost.

    Example: voiceassist bench cues
    """
