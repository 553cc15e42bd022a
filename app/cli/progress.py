"""How far something is, on stderr, where somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn


class Tell(Protocol):
    """Says how many are done, of how many, and of what where that changes."""

    def __call__(self, done: int, count: int, of: str = "") -> None: ...


@contextmanager
def progress(label: str = "") -> Iterator[Tell]:
    bar = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    task = bar.add_task(label, total=None)

    def tell(done: int, count: int, of: str = "") -> None:
        bar.update(task, description=of or label, completed=done, total=count)

    with bar:
        yield tell
