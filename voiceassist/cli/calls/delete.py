"""`voiceassist calls delete`: deletes calls, or all calls of a customer, for good."""

from collections.abc import Sequence
from typing import Annotated

import typer

from voiceassist.cli.calls.erasing import Yes, erase_chosen
from voiceassist.cli.calls.which import Customer, WhichCalls, check_named
from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.store import Store

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say which calls would be deleted.")]


def delete(
    call_ids: WhichCalls = None,
    customer: Customer = "",
    config: ConfigFile = None,
    data_dir: DataDir = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delete calls for good, and say what went: events, what was said, the search index, facts and recordings.

    No word of them stays in the data folder. A live call is refused. The server must not be running then; of a
    running one ask DELETE /api/calls/ID or /api/customers/ID. Backups and exports are yours to delete.

    Examples:

      voiceassist calls delete 20261121-0042

      voiceassist calls delete --customer 4711
    """
    check_named(call_ids, customer)

    async def choose(store: Store) -> Sequence[str]:
        return await store.calls_of_customer(customer) if customer else call_ids or ()

    erase_chosen(load_settings(config, data_dir=data_dir).data_dir, choose, yes=yes, dry_run=dry_run)
