"""`threadline mandates`: what auditors may take away, and until when."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from app.actions.mandates import end_mandate, record_mandate
from app.cli.ground import Ground, door, on_ground, print_json, say
from app.domain.errors import BadInput
from app.domain.mandates import Mandate
from app.reports.age import write_identity
from app.store import mandates

app = typer.Typer(help="What auditors may take away.", no_args_is_help=True)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
_Day = typer.Option(formats=["%Y-%m-%d"])
_WHICH = "Say what it covers: --sites, --countries, or --whole for the programme."


@app.command()
def add(
    auditor: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose it is.")],
    since: Annotated[datetime, _Day],
    until: Annotated[datetime, _Day],
    purpose: Annotated[str, typer.Option(help="As it stands in the contract.")],
    recipient: Annotated[
        str, typer.Option(metavar="age1…", help="The auditor's public key.")
    ],
    sites: Annotated[str, typer.Option(help="Codes, with commas between.")] = "",
    countries: Annotated[str, typer.Option(help="Such as BD,IN.")] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="The whole programme.")
    ] = False,
    as_json: _AsJson = False,
) -> None:
    """Record a mandate; it stands in the audit and in the ledger."""
    if whole == bool(sites or countries):
        raise BadInput(_WHICH)

    async def work(ground: Ground) -> Mandate:
        return await record_mandate(
            ground.store,
            await ground.person(auditor),
            sites=sites.split(","),
            countries=countries.split(","),
            since=since.date(),
            until=until.date(),
            purpose=purpose,
            recipient=recipient,
            by=None,
            through=door(),
            at=ground.at,
        )

    made = on_ground(work)
    if as_json:
        print_json(as_data(made, made.at.date()))
    else:
        say(f"{made.id}  recorded: {_covers(made)} until {made.until}")


@app.command("list")
def list_mandates(as_json: _AsJson = False) -> None:
    """List every mandate, the newest first, and how often it was used."""

    async def work(ground: Ground) -> tuple[date, list[tuple[Mandate, int]]]:
        async with ground.store.transaction() as tx:
            found = await mandates.all_of(tx)
            uses = [(one, len(await mandates.exports_of(tx, one.id))) for one in found]
        return ground.at.date(), uses

    day, uses = on_ground(work)
    if as_json:
        print_json([{**as_data(one, day), "exports": used} for one, used in uses])
        return
    if not uses:
        say("There is no mandate yet: `threadline mandates add`.")
    for one, used in uses:
        state = "holds" if one.holds_on(day) else one.why_not(day)
        say(
            f"{one.id}  {one.auditor}  {_covers(one)}  {one.since} to {one.until}"
            f"  exports: {used}  {state}"
        )


@app.command()
def end(
    mandate: Annotated[UUID, typer.Argument(metavar="ID", help="From mandates list.")],
) -> None:
    """End a mandate: nothing more can be taken away under it."""

    async def work(ground: Ground) -> Mandate:
        return await end_mandate(
            ground.store, mandate, by=None, through=door(), at=ground.at
        )

    on_ground(work)
    say("ended")


@app.command()
def keygen(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where it is kept.")],
) -> None:
    """Make a key for an auditor: the file is secret, what is printed is not.

    Auditors run this on a machine of their own, or use age or rage.
    """
    say(write_identity(out))


def as_data(mandate: Mandate, day: date) -> dict[str, Any]:
    return {
        "id": str(mandate.id),
        "auditor": mandate.auditor,
        "sites": list(mandate.sites),
        "countries": list(mandate.countries),
        "since": mandate.since.isoformat(),
        "until": mandate.until.isoformat(),
        "purpose": mandate.purpose,
        "recipient": mandate.recipient,
        "recorded_by": mandate.recorded_by,
        "at": mandate.at.isoformat(),
        "ended_at": mandate.ended_at.isoformat() if mandate.ended_at else None,
        "holds": mandate.holds_on(day),
    }


def _covers(mandate: Mandate) -> str:
    return ", ".join((*mandate.sites, *mandate.countries)) or "the whole programme"
