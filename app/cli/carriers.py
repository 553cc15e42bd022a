"""`threadline carriers`: which carrier can do what, where, and how it is entered."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.table import Table

from app.carriers.abilities import (
    CELLS,
    EVERYWHERE,
    TWILIO,
    WHATSAPP,
    Ability,
    Can,
    Cell,
    Dialect,
    ability,
)
from app.carriers.door import path_of
from app.carriers.model import Carrier
from app.carriers.shelf import BadCarrier, on_shelf
from app.cli.ground import console, print_json, say
from app.domain.errors import BadInput
from app.runtime.settings import SettingsError
from app.runtime.variables import Variables

app = typer.Typer(
    help="Which carrier can do what, in which country.", no_args_is_help=True
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

_COLUMNS: Mapping[str, str] = {
    "two_way": "texts both ways",
    "answer": "answers calls",
    "toll_free": "toll-free calls",
    "missed_call": "missed calls",
    "call_back": "calls from there",
    "from_abroad": "calls from abroad",
    "sender_id": "name as sender",
    "templates": "registered texts",
}
_COUNTRY = re.compile(r"([A-Z]{2}|\*)?")
# The columns that fit beside each other on a screen.
_LISTED = ("two_way", "answer", "toll_free", "missed_call", "call_back", "templates")


@app.command("list")
def list_carriers(
    country: Annotated[
        str, typer.Option(help="Only there: IN, BD; * is every other country.")
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """List the carriers and what their numbers can do, country by country."""
    shelf = _shelf()
    wanted = country.upper()
    if not _COUNTRY.fullmatch(wanted):
        raise typer.BadParameter(f"--country {country}: write two letters, as BD.")
    found = [
        (carrier, known)
        for carrier in shelf.values()
        for known in _abilities(carrier, wanted)
    ]
    if as_json:
        print_json([_as_json(carrier, known) for carrier, known in found])
        return
    columns = (*(_COLUMNS[name] for name in _LISTED), "checked")
    table = Table("carrier", "in", *columns, box=None, padding=(0, 1, 0, 0))
    for carrier, known in found:
        cells = [str(getattr(known, name).can) for name in _LISTED]
        table.add_row(carrier.name, known.country, *cells, str(known.checked))
    console.print(table)
    say("ask: no source says, or it depends on the contract. Why, with the source,")
    say("says `threadline carriers show NAME`. checked: when the sources were read.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="From carriers list.")],
    as_json: _AsJson = False,
) -> None:
    """Show what a carrier can do, what it needs and where it is to send things."""
    shelf = _shelf()
    carrier = shelf.get(name.lower())
    if carrier is None:
        names = ", ".join(sorted(shelf))
        raise BadInput(f"There is no carrier {name}: write one of {names}.")
    if as_json:
        print_json(_shown(carrier))
        return
    say(f"{carrier.name}  {carrier.title}")
    for line in (*_described(carrier), *_entered(carrier)):
        say(f"    {line}")
    for known in carrier.abilities:
        say(f"In {_place(known.country)}, looked up on {known.checked}:")
        for line in _told(known):
            say(f"    {line}")


def _shelf() -> Mapping[str, Carrier]:
    variables = Variables(os.environ)
    folder = variables.folder("SMS_FOLDER")
    if variables.problems:
        raise SettingsError(tuple(variables.problems))
    try:
        return on_shelf(folder)
    except BadCarrier as bad:
        raise BadInput(str(bad)) from None


def _abilities(carrier: Carrier, country: str) -> tuple[Ability, ...]:
    if not country:
        return carrier.abilities
    known = ability(carrier, country)
    return (known,) if known else ()


def _place(country: str) -> str:
    return "every other country" if country == EVERYWHERE else country


def _told(known: Ability) -> Iterator[str]:
    for name in CELLS:
        yield f"{_COLUMNS[name]}: {getattr(known, name)}"
    if known.language:
        yield f"language: {known.language}"
    if known.abroad:
        yield f"numbers elsewhere: {known.abroad}"
    if known.note:
        yield f"note: {known.note}"
    yield from known.sources


def _described(carrier: Carrier) -> Iterator[str]:
    """Say what is the same in every country."""
    yield f"documented at {carrier.source}"
    yield f"as sender phones show a {carrier.sender_kind}"
    if carrier.languages:
        yield f"writing: {carrier.languages}"


def _entered(carrier: Carrier) -> Iterator[str]:
    """Say what is set here, and which addresses are entered at the carrier."""
    for variable in carrier.variables:
        yield f"set SMS_{carrier.name.upper()}_{variable}"
    for variable, value in carrier.defaults.items():
        if variable not in carrier.variables:
            yield f"may set SMS_{carrier.name.upper()}_{variable} ({value or 'blank'})"
    for what, path in _paths(carrier).items():
        yield f"{what} to {{PUBLIC_BASE_URL}}{path}"
    if any(known.templates.can is Can.YES for known in carrier.abilities):
        yield f"texts are registered: threadline texts export --provider {carrier.name}"


def _paths(carrier: Carrier) -> dict[str, str]:
    """Return where it knocks; a secret is named by the variable that holds it."""
    if carrier.name == TWILIO:
        return {"texts": "/twilio/sms", "calls": "/twilio/voice"}
    if carrier.name == WHATSAPP:
        return {"texts": "/twilio/sms"}
    names = {name: f"SMS_{carrier.name.upper()}_{name}" for name in carrier.variables}
    kinds = {
        "texts": carrier.hears or carrier.dialect is Dialect.TWILIO,
        "reports": carrier.has_reports,
        "calls": carrier.rings,
    }
    return {kind: path_of(carrier, names, kind) for kind in kinds if kinds[kind]}


def _shown(carrier: Carrier) -> dict[str, Any]:
    return {
        "name": carrier.name,
        "title": carrier.title,
        "source": carrier.source,
        "sender_kind": carrier.sender_kind,
        "languages": carrier.languages,
        "variables": list(carrier.variables),
        "addresses": _paths(carrier),
        "needs_template": carrier.needs_template,
        "may_send_free_text": carrier.may_send_free_text,
        "abilities": [_as_json(carrier, known) for known in carrier.abilities],
    }


def _as_json(carrier: Carrier, known: Ability) -> dict[str, Any]:
    return {"carrier": carrier.name} | {
        field.name: _plain(getattr(known, field.name)) for field in fields(known)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Cell):
        return {"can": str(value.can), "why": value.why}
    return list(value) if isinstance(value, tuple) else str(value)
