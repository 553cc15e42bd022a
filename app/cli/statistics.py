"""`threadline statistics`: whether the figures follow the ledger, and that they do."""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from app.actions.compare_figures import Compared, compare_all
from app.actions.count import Caught, catch_up
from app.actions.recheck import zone_of
from app.cli import statistics_publish
from app.cli.ground import Ground, on_ground, print_json, say, some
from app.cli.progress import progress
from app.runtime.clock import now
from app.store.figures import events, nights
from app.store.figures.reading import counted_to

app = typer.Typer(help="The figures of the programme.", no_args_is_help=True)
statistics_publish.add_to(app)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@dataclass(frozen=True, slots=True)
class Status:
    """How far the figures are behind the ledger, and when they were last made anew."""

    counted: int  # the last event that is counted
    waiting: int
    unopened: int
    compared: str | None  # the night
    differences: int


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say how many events wait to be counted, and when the figures were compared."""
    told = on_ground(_status)
    if as_json:
        print_json(asdict(told))
        return
    waiting = some(told.waiting, "waits", "wait")
    say(f"Everything is counted up to event {told.counted}; {waiting}.")
    if told.unopened:
        say(_unopened(told.unopened))
    if told.compared is None:
        say("The figures were not made anew yet: `threadline statistics compare`.")
    else:
        say(
            f"They were made anew on {told.compared};"
            f" {told.differences} differed and were mended."
        )


async def _status(ground: Ground) -> Status:
    async with ground.store.transaction() as tx:
        counted = await counted_to(tx)
        waiting = await events.waiting(tx)
        last = await nights.last(tx)
        differences = 0 if last is None else await nights.differences(tx, last.night)
    finished = last.finished_at if last else None
    zone = zone_of(await ground.directory())
    compared = finished.astimezone(zone).date().isoformat() if finished else None
    return Status(
        counted.seq,
        waiting,
        counted.unopened,
        compared,
        differences,
    )


@app.command()
def count(as_json: AsJson = False) -> None:
    """Count now what the workers would count within half a minute."""

    async def work(ground: Ground) -> Caught:
        with progress("Counting") as on_progress:
            return await catch_up(ground.store, at_clock=now, on_progress=on_progress)

    done = on_ground(work)
    if as_json:
        print_json(asdict(done))
    else:
        counted = some(done.events, "event", "events")
        cases = some(done.cases, "case", "cases")
        say(f"{counted} of {cases}; {done.changed} changed.")
        if done.unopened:
            say(_unopened(done.unopened))
        if not done.is_all:
            say("A worker is counting now: ask again in a moment.")
    if not done.is_all:
        raise typer.Exit(1)


@app.command()
def compare(as_json: AsJson = False) -> None:
    """Make every figure anew from the ledger, and mend those that differ.

    The workers do so each night for a thirtieth of the cases and for all sums.
    """

    async def work(ground: Ground) -> Compared:
        with progress("Folding again") as on_progress:
            return await compare_all(
                ground.store, at_clock=now, on_progress=on_progress
            )

    done = on_ground(work)
    if as_json:
        print_json({"ok": not done.found, **asdict(done)})
    else:
        _say_compared(done)
    if done.found:
        raise typer.Exit(1)


def _say_compared(done: Compared) -> None:
    cases = some(done.cases, "case", "cases")
    say(f"{cases}, the sums of {some(done.quarters, 'quarter', 'quarters')}.")
    if done.unopened:
        say(_unopened(done.unopened))
    for one in done.found:
        say(f"!! {one.what} {one.key}: was {one.held}; is {one.reckoned}")
    differ = "Some figures differed; they are mended."
    say(differ if done.found else "Every figure follows from the ledger.")


def _unopened(cases: int) -> str:
    return f"The events of {some(cases, 'case', 'cases')} could not be opened."
