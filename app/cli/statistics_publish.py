"""`threadline statistics publish` and `show`: what is told, and its telling."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from app.actions.count import catch_up
from app.actions.draw import Drawn, draw_due
from app.actions.publish import Published, Thresholds, publish, today
from app.cli.ground import Ground, on_ground, print_json, read_day, say
from app.domain.errors import BadInput, Refused
from app.runtime.clock import now
from app.statistics.model import Audience, Cell, Told
from app.store import releases
from app.store.releases import Header, for_brand

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

WHOLE_TABLE = "whole"  # of the whole programme, as --by names it
_SAID = {
    Told.FEWER: "fewer than {threshold}",
    Told.WITHHELD: "not told",
    Told.UNRECORDED: "not recorded",
    Told.NONE: "nothing to measure",
}


def add_to(group: typer.Typer) -> None:
    """Add the verbs of releases to those of the figures."""
    group.command("publish")(publish_now)
    group.command("show")(show)


def publish_now(
    as_of: Annotated[
        str,
        typer.Option(
            help="Tell of the quarters that were over on this day, such as 2026-07-01."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Publish the figures of every quarter that is over, and draw the report.

    A worker does so by itself after each quarter; nothing that was published is
    changed, and what moved by too little goes on saying what it said.
    """
    published, drawn = on_ground(lambda ground: _publish(ground, as_of, not as_json))
    if as_json:
        print_json(_published_data(published, drawn))
        return
    say(
        f"Release {published.number} is published for {len(published.heads)} audiences:"
        f" {published.told} of {published.cells} numbers are told."
    )
    say(f"{drawn.files if drawn else 0} charts and papers are drawn of it.")


async def _publish(
    ground: Ground, as_of: str, is_shown: bool
) -> tuple[Published, Drawn | None]:
    store, settings = ground.store, ground.settings
    here = today(ground.at, await ground.directory())
    on = read_day(as_of) if as_of else here
    if on > here:
        raise BadInput(
            f"{on} is still to come: name a day until {here}, or leave --as-of out."
        )
    with Console(stderr=True).status("Counting what the ledger tells…") as status:
        if not is_shown:
            status.stop()
        counted = await catch_up(store, at_clock=now)
        if not counted.is_all:
            raise Refused(
                "Another process is counting: wait a minute and publish again."
            )
        status.update("Deciding what may be told…")
        thresholds = Thresholds(settings.threshold, settings.threshold_auditor)
        published = await publish(store, at=ground.at, on=on, thresholds=thresholds)
        if published is None:
            raise Refused(
                "No quarter in which anything was received is over yet, or a worker"
                " has just published: look with `threadline statistics show`."
            )
        status.update("Drawing the charts and the report…")
        return published, await draw_due(store)


def _published_data(published: Published, drawn: Drawn | None) -> dict[str, Any]:
    return {
        "number": published.number,
        "cells": published.cells,
        "told": published.told,
        "files": drawn.files if drawn else 0,
        "audiences": {
            head.audience: {
                "sha256": head.sha256.hex(),
                "threshold": head.threshold,
                "last_seq": head.last_seq,
            }
            for head in published.heads
        },
    }


def show(
    period: Annotated[
        str, typer.Option(help="Only of this quarter or year: 2026-Q3, 2026.")
    ] = "",
    by: Annotated[
        str, typer.Option(help="Only this table, such as category; whole: all.")
    ] = "",
    audience: Annotated[
        str, typer.Option(help="For whom: public, auditor, brand:SLUG.")
    ] = Audience.PUBLIC.value,
    as_json: AsJson = False,
) -> None:
    """Show the newest release as it was published."""

    async def work(ground: Ground) -> tuple[Header | None, list[Cell]]:
        directory = await ground.directory()
        brands = {for_brand(one.brand) for one in directory.sourcing}
        async with ground.store.transaction() as tx:
            head = await releases.latest(tx, audience)
            if head is None:
                _need_audience(audience, brands.union(await releases.brands_told(tx)))
            cells = await releases.cells(
                tx,
                audience=audience,
                periods=[period] if period else None,
                by=[""] if by == WHOLE_TABLE else [by] if by else None,
            )
            if head is not None and not cells:
                known = await releases.cells(tx, audience=audience)
                raise BadInput(_nothing(period, by, known))
        return head, cells

    head, cells = on_ground(work)
    if head is None:
        raise Refused(
            f"Nothing was published for {audience} yet: a worker does so after each"
            " quarter, `threadline statistics publish` at once."
        )
    if as_json:
        print_json({"release": _head_data(head), "cells": [_data(c) for c in cells]})
        return
    say(f"Release {head.number}, as of {head.as_of:%Y-%m-%d}, {head.sha256.hex()}")
    for cell in cells:
        row = f"{cell.by or WHOLE_TABLE} {cell.value}".strip()
        said = f"{cell.period:<8} {row:<24} {cell.figure:<32} {_said(cell, head)}"
        say(f"{said}  (as of {cell.as_of:%Y-%m-%d})" if cell.as_of else said)


def _need_audience(asked: str, brands: Iterable[str]) -> None:
    """Refuse an audience for whom nothing is ever published."""
    known = [Audience.PUBLIC.value, Audience.AUDITOR.value, *sorted(brands)]
    if asked not in known:
        raise BadInput(f"There is no audience {asked}. There is {', '.join(known)}.")


def _nothing(period: str, by: str, known: Sequence[Cell]) -> str:
    """Return why there is nothing to show, and what there is."""
    periods = sorted({cell.period for cell in known})
    tables = sorted({cell.by or WHOLE_TABLE for cell in known})
    if period and period not in periods:
        there = ", ".join(periods)
        return f"Nothing is published of the period {period}. There is {there}."
    if by and by not in tables:
        return f"There is no table {by}. There is {', '.join(tables)}."
    return f"Of {period or 'any period'} there is no table {by or 'at all'}."


def _said(cell: Cell, head: Header) -> str:
    if cell.number is not None:
        return f"{cell.number:g}"
    return _SAID[cell.told].format(threshold=head.threshold)


def _head_data(head: Header) -> dict[str, Any]:
    return {
        "number": head.number,
        "audience": head.audience,
        "as_of": head.as_of.isoformat(),
        "last_seq": head.last_seq,
        "definitions": head.definitions,
        "threshold": head.threshold,
        "sha256": head.sha256.hex(),
    }


def _data(cell: Cell) -> dict[str, Any]:
    return {
        **asdict(cell),
        "told": cell.told.value,
        "as_of": cell.as_of.isoformat() if cell.as_of else None,
    }
