"""A sample call as a phone system places it. Next: `callers/run.py`."""

from voiceassist.asr.choice import SAMPLE_LANGUAGE
from voiceassist.callers.caller import PlacedCall
from voiceassist.samples.sample import Sample


def placed(sample: Sample, call_id: str, key: str | None = None) -> PlacedCall:
    """What a phone system would say of this sample."""
    return PlacedCall(
        call_id=call_id, agent=sample.agent, customer=sample.customer, language=SAMPLE_LANGUAGE, key=key
    )
