"""`threadline indicators`: numbers of the programme, each with its source."""

from typing import Annotated, Any
from uuid import UUID

import typer

from app.actions.indicators import (
    all_indicators,
    enter_indicator,
    withdraw_indicator,
)
from app.cli.ground import Ground, door, on_ground, print_json, say
from app.domain.indicators import Indicator, IndicatorKind, Topic, entered

app = typer.Typer(
    help="Numbers that no complaint tells: people reached, trained, registered.",
    no_args_is_help=True,
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
_KINDS = ", ".join(IndicatorKind)
_TOPICS = ", ".join(Topic)


@app.command()
def add(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {_KINDS}.")],
    value: Annotated[str, typer.Argument(metavar="NUMBER", help="In digits.")],
    since: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    until: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    evidence: Annotated[
        str, typer.Option(help="Where one can look it up; it is published.")
    ],
    topic: Annotated[
        str, typer.Option(help=f"Of trainings alone; one of: {_TOPICS}.")
    ] = "",
    site: Annotated[str, typer.Option(help="A site's code, where it is of one.")] = "",
    who: Annotated[
        str, typer.Option("--as", help="Who enters it: an e-mail or a phone.")
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """Enter a number and print its id. It is not changed any more, only withdrawn."""

    async def work(ground: Ground) -> UUID:
        directory = await ground.directory()
        today = directory.local_day(ground.at, None, directory.default_country)
        form = entered(
            kind,
            value,
            since,
            until,
            evidence,
            topic,
            site,
            directory=directory,
            today=today,
        )
        by = await ground.person(who) if who else None
        return await enter_indicator(
            ground.store, form, by=by, at=ground.at, through=door()
        )

    new = on_ground(work)
    if as_json:
        print_json({"id": str(new)})
        return
    say(str(new))


@app.command("list")
def list_indicators(as_json: _AsJson = False) -> None:
    """List what was entered, the newest period first."""

    async def work(ground: Ground) -> tuple[Indicator, ...]:
        return await all_indicators(ground.store)

    lines = [_line(each) for each in on_ground(work)]
    if as_json:
        print_json(lines)
        return
    if not lines:
        say("No number is entered yet: `threadline indicators add`.")
    for line in lines:
        ended = (
            f"  withdrawn {line['withdrawn_at'][:10]}" if line["withdrawn_at"] else ""
        )
        where = f"  {line['site']}" if line["site"] else ""
        topic = f"  {line['topic']}" if line["topic"] else ""
        say(
            f"{line['id']}  {line['kind']}{topic}{where}  {line['value']}"
            f"  {line['period_from']} to {line['period_to']}"
            f"  {line['evidence']}{ended}"
        )


@app.command()
def withdraw(
    id: Annotated[UUID, typer.Argument(metavar="ID", help="From indicators list.")],
) -> None:
    """Withdraw a number: what is published next is without it."""

    async def work(ground: Ground) -> None:
        await withdraw_indicator(
            ground.store, id, by=None, at=ground.at, through=door()
        )

    on_ground(work)
    say("withdrawn")


def _line(found: Indicator) -> dict[str, Any]:
    what = found.entered
    return {
        "id": str(found.id),
        "kind": what.kind.value,
        "topic": what.topic.value if what.topic else None,
        "value": what.value,
        "unit": what.unit.value,
        "site": what.site,
        "period_from": what.period_from.isoformat(),
        "period_to": what.period_to.isoformat(),
        "evidence": what.evidence,
        "entered_by": str(found.by) if found.by else None,
        "at": found.at.isoformat(),
        "withdrawn_at": found.withdrawn_at.isoformat() if found.withdrawn_at else None,
        "is_history": found.is_history,
    }
