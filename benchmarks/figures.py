"""One measured figure beside what it is held against."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table.

    `ratio` is measured over baseline; `is_met` None: reported, no target.
    """

    name: str
    measured: str
    baseline: str = ""
    ratio: float | None = None
    target: str = ""
    is_met: bool | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on, and how busy it was."""

    cores: int
    processor: str
    python: str
    postgres: str
    load_before: float
    load_after: float
    minutes: float

    def line(self) -> str:
        return (
            f"{self.cores} cores ({self.processor}), Python {self.python},"
            f" Postgres {self.postgres}, load average {self.load_before:.1f} before"
            f" and {self.load_after:.1f} after, {self.minutes:.1f} min"
        )


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def machine(postgres: str, load_before: float, started: float) -> Machine:
    return Machine(
        cores=usable_cores(),
        processor=_processor(),
        python=platform.python_version(),
        postgres=postgres.split()[0],
        load_before=load_before,
        load_after=load(),
        minutes=(time.monotonic() - started) / 60,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def show(figures: Sequence[Figure], on: Machine) -> None:
    """Print the table and the line about the machine."""
    table = Table(show_lines=False)
    for heading in ("figure", "measured", "baseline", "ratio", "target", ""):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for f in figures:
        ratio = "" if f.ratio is None else f"{f.ratio:.2f}"
        table.add_row(
            f.name, f.measured, f.baseline, ratio, f.target, _verdict(f.is_met)
        )
    console = Console(width=None if Console().is_terminal else 150, highlight=False)
    console.print(table)
    console.print(on.line(), markup=False, soft_wrap=True)


def _verdict(is_met: bool | None) -> str:
    return "" if is_met is None else ("met" if is_met else "MISSED")


def write_json(path: Path, figures: Sequence[Figure], on: Machine) -> None:
    told = {"machine": asdict(on), "figures": [asdict(f) for f in figures]}
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
