"""`threadline ledger verify` and `threadline doctor`."""

from dataclasses import asdict
from typing import Annotated

import typer

from app.actions.doctor import Finding, examine
from app.cli.ground import (
    LOCALES,
    Ground,
    catalog,
    console,
    on_ground,
    print_json,
    say,
)
from app.conversation.calls.spoken import PROMPTS
from app.store.ledger import Verdict, verify
from app.store.prompts import Sounds
from app.wording.sounds import Manifest

ledger = typer.Typer(help="The ledger of all that happened.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


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


def doctor(as_json: AsJson = False) -> None:
    """Say what is misconfigured or stuck, and how to mend it."""

    async def work(ground: Ground) -> list[Finding]:
        sounds = Sounds(
            Manifest.load(LOCALES),
            catalog(),
            PROMPTS,
            allow_synthetic=ground.settings.allow_synthetic_prompts,
        )
        async with ground.store.transaction() as tx:
            book = await sounds.now(tx)
        return await examine(ground.store, ground.settings, at=ground.at, book=book)

    findings = on_ground(work)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    for finding in findings if not as_json else ():
        console.print(
            f"{'!!' if finding.is_grave else ' -'} {finding.what} {finding.mend}",
            markup=False,
            soft_wrap=True,
        )
    if not findings and not as_json:
        say("All is well.")
    if any(finding.is_grave for finding in findings):
        raise typer.Exit(1)
