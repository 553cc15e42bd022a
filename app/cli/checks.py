"""`threadline ledger verify`, `threadline recheck` and `threadline doctor`."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.actions.doctor import examine
from app.actions.finding import Finding
from app.actions.recheck import Rechecked, describe, recheck_all, recheck_case
from app.cli.ground import (
    LOCALES,
    Ground,
    catalog,
    console,
    on_ground,
    print_json,
    say,
)
from app.cli.progress import progress
from app.conversation.calls.spoken import PROMPTS
from app.runtime.clock import now
from app.store.lateness import Lateness, lateness, paused_share
from app.store.ledger import Verdict, verify
from app.store.prompts import Sounds
from app.wording.sounds import Manifest

ledger = typer.Typer(help="The ledger of all that happened.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)
    app.command()(recheck)


@ledger.callback()
def _group() -> None:
    """Keep `verify` a verb of its own."""


@ledger.command("verify")
def verify_(as_json: AsJson = False) -> None:
    """Walk the whole chain and hold every case against its last event."""

    async def work(ground: Ground) -> Verdict:
        return await verify(ground.store)

    verdict = on_ground(work)
    if as_json:
        print_json(
            {
                "ok": verdict.ok,
                "cases": verdict.cases,
                "events": verdict.events,
                "head": verdict.head,
                "problems": verdict.problems,
            }
        )
    else:
        say(f"{verdict.cases} cases, {verdict.events} events.")
        say(f"Head, to be kept outside of this machine: {verdict.head}")
        for problem in verdict.problems:
            say(f"  {problem}")
        say("The ledger holds." if verdict.ok else "The ledger does NOT hold.")
    if not verdict.ok:
        raise typer.Exit(1)


def recheck(
    case: Annotated[
        str, typer.Option("--case", metavar="NUMBER", help="Only this case.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Reckon every clock that runs again, and report any that differs.

    From its promise, its version of a calendar and the pauses of its case, and
    from what the ledger says of all three. Nothing is changed.
    """
    number = case.replace("-", "").strip()

    async def work(ground: Ground) -> Rechecked:
        if case:
            return await recheck_case(ground.store, number, at=ground.at)
        with progress("Reckoning again") as on_progress:
            return await recheck_all(
                ground.store, at_clock=now, on_progress=on_progress
            )

    done = on_ground(work)
    if as_json:
        print_json(_as_json(done))
    else:
        _say_rechecked(done)
    if done.found:
        raise typer.Exit(1)


_SPANS = (
    (5, "5 s"),
    (15, "15 s"),
    (60, "1 min"),
    (300, "5 min"),
    (3_600, "1 h"),
    (86_400, "1 d"),
)


def _how_late(strikes: Lateness) -> str:
    """Say how late clocks were struck, as a histogram in one line."""
    summed = dict(strikes.summed())
    parts = [f"{summed[most]} within {name}" for most, name in _SPANS]
    later = strikes.later_than(86_400)
    return f"Clocks struck: {strikes.count}; {', '.join(parts)}, {later} later."


def _say_rechecked(done: Rechecked) -> None:
    say(f"{done.cases} cases, {done.clocks} clocks that run.")
    if done.without_basis:
        say(f"{done.without_basis} of them run to a date that somebody chose.")
    if done.unopened:
        say(f"The ledgers of {done.unopened} cases could not be opened.")
    for one in done.found:
        say(f"!! {one.number[:4]}-{one.number[4:]}: {describe(one.difference)}")
    say("Some clocks differ." if done.found else "Every clock is as reckoned.")


def _as_json(done: Rechecked) -> dict[str, Any]:
    return {
        "ok": not done.found,
        "cases": done.cases,
        "clocks": done.clocks,
        "without_basis": done.without_basis,
        "unopened": done.unopened,
        "differences": [
            {
                "case": one.number,
                "clock": one.difference.clock,
                "round": one.difference.round,
                "fault": one.difference.fault.value,
                "held": held.isoformat() if held else None,
                "reckoned": reckoned.isoformat() if reckoned else None,
            }
            for one in done.found
            for held, reckoned in ((one.difference.held, one.difference.reckoned),)
        ],
    }


def doctor(as_json: AsJson = False) -> None:
    """Say what is misconfigured or stuck, and how to mend it."""

    async def work(ground: Ground) -> tuple[list[Finding], Lateness, float]:
        words = catalog()
        sounds = Sounds(
            Manifest.load(LOCALES),
            words,
            PROMPTS,
            allow_synthetic=ground.settings.allow_synthetic_prompts,
        )
        async with ground.store.transaction() as tx:
            book = await sounds.now(tx)
            strikes = await lateness(tx.connection)
            paused = await paused_share(tx.connection, ground.at)
        found = await examine(
            ground.store, ground.settings, at=ground.at, book=book, catalog=words
        )
        return found, strikes, paused

    findings, strikes, paused = on_ground(work)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    for finding in findings if not as_json else ():
        console.print(
            f"{'!!' if finding.is_grave else ' -'} {finding.what} {finding.mend}",
            markup=False,
            soft_wrap=True,
        )
    if strikes.count and not as_json:
        say(_how_late(strikes))
    if not as_json:
        say(f"Clocks were paused for {paused:.1%} of the time that cases were open.")
    if not findings and not as_json:
        say("All is well.")
    if any(finding.is_grave for finding in findings):
        raise typer.Exit(1)
