"""How many events of an export the stand-alone verifier checks in a second."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any
from uuid import UUID

from app.verifier import verify_ledger


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of a whole export, all of its opened events included."""

    events: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.events / self.seconds


def verifier_rate(events: int = 100_000) -> Checked:
    """Check an export of about so many events as the file in it does, all opened.

    One site's real lives, told again and again under other numbers.
    """
    book = _grown(_tools().a_book(), events)
    with tempfile.TemporaryDirectory(prefix="threadline-benchmark-") as name:
        folder = Path(name)
        inner = _tools().zipped(book.opened())
        (folder / "export.zip").write_bytes(_tools().zipped(book.parts(inner)))
        (folder / "opened.zip").write_bytes(inner)
        asked = ["export.zip", "--opened", "opened.zip", "--json"]
        for made in book.heads:
            path = folder / f"head-{made.head.number}.json"
            path.write_text(json.dumps(made.file()))
            asked += ["--head", path.name]
        begun = perf_counter()
        done = subprocess.run(
            [sys.executable, "-I", "-S", verify_ledger.__file__, *asked],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        seconds = perf_counter() - begun
    verdict = json.loads(done.stdout)
    assert verdict["ok"]
    return Checked(verdict["counts"]["events"], seconds)


def _grown(book: Any, events: int) -> Any:
    """Return the book with its cases lived over and over, and its claims with them."""
    own = [event for event in book.events if event.case not in book.closed]
    times = -(-events // len(own))
    step = max(event.seq for event in own)
    chain = tuple(
        replace(
            event,
            seq=event.seq + turn * step,
            case=UUID(int=event.case.int + (turn << 64)),
        )
        for turn in range(times)
        for event in own
    )
    quarters = {
        quarter: {
            "opened": True,
            "figures": {name: times * n for name, n in claim["figures"].items()},
        }
        for quarter, claim in book.claims["quarters"].items()
    }
    unopened = dict.fromkeys(book.claims["unopened"], 0)
    claims = {
        **book.claims,
        "length": len(chain),
        "last_seq": times * step,
        "quarters": quarters,
        "unopened": unopened,
    }
    lengths = (0, *(len(chain) - 3 * n for n in range(len(book.lengths) - 2, -1, -1)))
    grown = replace(
        book,
        events=chain,
        lengths=lengths,
        claims=claims,
        published=(),
        closed=frozenset(),
    )
    return grown.headed()


def _tools() -> ModuleType:
    """Return how the tests make an export; it is no part of the service."""
    return import_module("tests.verifier.book")
