"""One process for the playbook work of all servers that tests start; `WORKER` starts it when one needs it."""

from voiceassist.playbook_worker.worker import PlaybookWorker


class SharedWorker(PlaybookWorker):
    """Stays when a server stops."""

    def close(self) -> None:
        """The next server needs it."""

    def end(self) -> None:
        """Nobody needs it any more."""
        super().close()


WORKER = SharedWorker()
