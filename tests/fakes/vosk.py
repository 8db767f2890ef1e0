"""A libvosk recognizer that decodes silence: chunk by chunk, some way behind what it is given."""

from dataclasses import dataclass, field

EMPTY, SOME = '{"text": ""}', '{\n  "text" : ""\n}'


@dataclass
class ChunkedRecognizer:
    """Has `look_ahead` samples more than a chunk of `period` before it decodes that."""

    look_ahead: int
    period: int
    given: list[int] = field(default_factory=list)  # samples, call by call
    chunks: int = 0
    news: bool = False

    def AcceptWaveform(self, pcm: bytes) -> bool:  # noqa: N802 - vosk's name
        self.given.append(len(pcm) // 2)
        chunks = max(0, (sum(self.given) - self.look_ahead) // self.period) if self.period else 0
        self.news, self.chunks = self.news or chunks > self.chunks, chunks
        return False

    def Result(self) -> str:  # noqa: N802 - vosk's name
        answer, self.news = SOME if self.news else EMPTY, False
        return answer
