"""`threadline audit list`: who changed what of the programme."""

from typing import Annotated, Any

import typer

from app.cli.ground import Ground, on_ground, print_json, say
from app.domain.directory import Directory
from app.store.audit import Event, events

app = typer.Typer(help="Who changed what of the programme.", no_args_is_help=True)

_MOST = 10_000


@app.callback()
def _group() -> None:
    """Keep `list` a verb of its own."""


@app.command("list")
def list_events(
    kind: Annotated[
        str, typer.Option(help="Only of this kind, as site or site.changed.")
    ] = "",
    key: Annotated[
        str, typer.Option(help="Only about this: a code, slug, number or id.")
    ] = "",
    last: Annotated[
        int, typer.Option(min=1, max=_MOST, help="How many, the newest first.")
    ] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what was changed, by whom and through what; the newest first."""

    async def work(ground: Ground) -> tuple[list[Event], Directory]:
        async with ground.store.transaction() as tx:
            found = await events(tx, kind=kind, key=key, limit=last)
        return found, await ground.directory()

    found, directory = on_ground(work)
    if as_json:
        print_json([_as_data(event, directory) for event in found])
        return
    for event in found:
        fields = ", ".join(event.detail.get("fields", {}))
        say(
            f"{event.at.isoformat(timespec='seconds')}  {event.kind}"
            f"  {event.detail.get('key', '')}  {_by(event, directory) or '-'}"
            f"  {event.through}  {fields}"
        )


def _by(event: Event, directory: Directory) -> str:
    """Return who did it: their e-mail, as the command line names people."""
    if event.person_id is None:
        return ""
    person = directory.person(event.person_id)
    return (person.email or str(person.id)) if person else str(event.person_id)


def _as_data(event: Event, directory: Directory) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "at": event.at.isoformat(),
        "kind": event.kind,
        "by": _by(event, directory) or None,
        "through": event.through,
        **event.detail,
    }
