"""The bar of long work: what is being done, how many of how many, and the time."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn


def counted_bar(time: ProgressColumn) -> Progress:
    """On standard error, and gone when the work is done."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), time)
    return Progress(*columns, console=Console(stderr=True), transient=True)
