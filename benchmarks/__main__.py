"""`python -m benchmarks [NAME …] [--quick] [--json FILE]`."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    calls,
    carriers,
    engine,
    figures_page,
    growth,
    intake,
    pages,
    rooms,
    start,
    sweep,
)
from benchmarks.figures import Figure, load, machine, show, write_json
from benchmarks.ground import Ground, ground
from benchmarks.sizes import FULL, QUICK, Sizes

Measure = Callable[[Ground, Sizes], list[Figure]]

BENCHMARKS: dict[str, Measure] = {
    "intake": intake.measure,
    "carriers": carriers.measure,
    "growth": growth.measure,
    "sweep": sweep.measure,
    "start": start.measure,
    "calls": calls.measure,
    "engine": engine.measure,
    "pages": pages.measure,
    "rooms": rooms.measure,
    "figures": figures_page.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="about two minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a copy")
    asked = parser.parse_args()
    started, load_before = time.monotonic(), load()
    figures: list[Figure] = []
    with ground() as on:
        for name in asked.names or BENCHMARKS:
            print(f"measuring {name} …", flush=True)
            figures += BENCHMARKS[name](on, QUICK if asked.quick else FULL)
        told = machine(on.postgres, load_before, started)
    show(figures, told)
    if asked.json:
        write_json(asked.json, figures, told)


if __name__ == "__main__":
    main()
