"""A process to be killed: `python -m tests.shell.playbook_crasher DIRECTORY` drafts and publishes for ever.

It says what it was promised, one line each: `drafted NUMBER` after a draft was saved, `published NUMBER` after it
was published. Next: `test_playbook_crash.py` kills it and looks at what is left.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

from tests.shell.store_crasher import say
from voiceassist.store.playbooks import Draft
from voiceassist.store.store import open_store

AT = "2026-11-21T10:00:00+00:00"


async def main(directory: Path) -> None:
    playbooks = (await open_store(directory / "voiceassist.db")).playbooks
    for number in count(1):
        text = f"change {number} " + "x" * 20_000
        draft = Draft(name="small", text=text, base=number - 1, revision=0, by="Kim", saved_at=AT)
        saved = await playbooks.save_draft(draft)
        say(f"drafted {number}")
        await playbooks.publish_draft(saved, author="Kim", note="", at=AT)
        say(f"published {number}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
