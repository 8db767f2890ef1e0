"""A process to be killed: `python -m tests.shell.model_puller FOLDER URL STEP` pulls a model and stops in a step.

It says `there` when it has done some of that step, and waits for its end.
Next: `test_models_killed.py` kills it and looks at what is left.
"""

import sys
from pathlib import Path

from tests.fakes.model_server import NAME
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.pull import pull


def main(models_dir: Path, url: str, step: str) -> None:
    def report(doing: str, done: int, _total: int) -> None:
        if doing == step and done:
            sys.stdout.write("there\n")
            sys.stdout.flush()
            sys.stdin.read()

    entry = ModelEntry(
        name=NAME, language="xx", title="A model", url=url, size_bytes=200_000, licence="MIT", notes="",
        size="small",
    )  # fmt: skip
    pull(models_dir, entry, unverified=True, report=report)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
