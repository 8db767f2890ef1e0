"""How `calls delete` and `calls export` are told which calls: by their ids, or all of a customer."""

from typing import Annotated

import typer

WhichCalls = Annotated[list[str] | None, typer.Argument(metavar="[CALL_ID]...", help="Ids of calls.")]
Customer = Annotated[str, typer.Option("--customer", metavar="ID", help="All calls of this customer instead.")]


def check_named(call_ids: list[str] | None, customer: str) -> None:
    """Ends the command unless either calls or a customer are named."""
    if bool(call_ids) == bool(customer):
        raise typer.BadParameter("name calls, or a customer with --customer (not both)")
