"""`threadline texts`: what carriers' registries must hold of what we say."""

from pathlib import Path
from typing import Annotated

import typer

from app.actions.carrier_texts import (
    Format,
    Standing,
    all_texts,
    as_csv,
    as_row,
    id_form,
    import_text_ids,
    standing,
    usual_format,
)
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.cli.ground import Ground, catalog, door, on_ground, print_json, say
from app.directory_files.record import Imported
from app.domain.errors import BadInput
from app.runtime.settings import Settings
from app.store import carrier_texts

app = typer.Typer(
    help="Our texts in the registries of carriers (DLT, BTRC, WhatsApp).",
    no_args_is_help=True,
)

_Provider = Annotated[
    str, typer.Option(metavar="NAME", help="The carrier, as its file is called.")
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
def export(
    provider: _Provider,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="How variables are written; usually as it must."),
    ] = None,
    is_missing: Annotated[
        bool, typer.Option("--missing", help="Only those that still need an id.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there, not here.")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """List every text that can reach a phone, as it is to be registered."""

    async def work(ground: Ground) -> tuple[Format, list[Standing]]:
        carrier = _carrier(ground.settings, provider)
        routes, directory = ground.settings.sms_routes, await ground.directory()
        chosen = form or usual_format(carrier, directory, routes)
        return chosen, await _standing(ground, carrier, only_where_needed=is_missing)

    chosen, found = on_ground(work)
    if is_missing:
        found = [each for each in found if each.is_missing]
    if as_json:
        print_json([as_row(each, chosen) for each in found])
        return
    table = as_csv(found, chosen)
    if out is None:
        typer.echo(table.removeprefix("\ufeff"), nl=False)
        return
    out.write_bytes(table.encode())
    say(f"{out}: {len(found)} texts. Fill in template_id and import it.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, whole or not at all.")],
    provider: _Provider,
    as_json: _AsJson = False,
) -> None:
    """Read back under which ids the texts are registered.

    The export with template_id filled in, as far as there are any, or the portal's
    list of approved templates, where the text's id is the template's name.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or 'it cannot be read'}.") from None

    async def work(ground: Ground) -> Imported:
        carrier = _carrier(ground.settings, provider)
        routes, directory = ground.settings.sms_routes, await ground.directory()
        return await import_text_ids(
            ground.store,
            all_texts(catalog()),
            carrier,
            content,
            id_form(carrier, directory, routes),
            at=ground.at,
            through=door(),
        )

    done = on_ground(work)
    if as_json:
        print_json(done.as_json())
        return
    say(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged.")
    if done.passed_by:
        say(f"{done.passed_by} rows have no template_id yet and were passed by.")


@app.command("list")
def list_texts(
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="Only this one, text by text.")
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """Say of each carrier how many texts it has registered; of one, which."""

    async def work(ground: Ground) -> dict[str, list[Standing]]:
        names = (provider,) if provider else await _used(ground)
        return {
            name: await _standing(
                ground, _carrier(ground.settings, name), only_where_needed=True
            )
            for name in names
        }

    found = on_ground(work)
    if as_json:
        print_json({name: _counted(told) for name, told in found.items()})
        return
    for name, told in found.items():
        of = _counted(told)
        say(f"{name}: {_summed(of)}")
        for each in told if provider else ():
            state = each.template_id or each.text.why_not or _blank(each)
            say(f"  {each.text.text_id}  {state}")
    if not found:
        say("No carrier is named in SMS_PROVIDERS, and no id is imported.")


async def _used(ground: Ground) -> list[str]:
    async with ground.store.transaction() as tx:
        counts = await carrier_texts.counts(tx)
    return list(dict.fromkeys((*ground.settings.sms_providers, *counts)))


def _summed(of: dict[str, object]) -> str:
    have = f"{of['registered']} of {of['can_be']} texts have an id."
    if of["needs_ids"]:
        return have
    return f"needs no ids here; {have}" if of["registered"] else "needs no ids here."


def _blank(each: Standing) -> str:
    return "missing" if each.is_missing else "none, and needs none"


def _counted(told: list[Standing]) -> dict[str, object]:
    missing = [each.text.text_id for each in told if each.is_missing]
    return {
        "needs_ids": any(each.is_needed for each in told),
        "registered": sum(bool(each.template_id) for each in told),
        "can_be": sum(not each.text.why_not for each in told),
        "missing": missing,
    }


async def _standing(
    ground: Ground, carrier: Carrier, *, only_where_needed: bool
) -> list[Standing]:
    directory = await ground.directory()
    async with ground.store.transaction() as tx:
        ids = await carrier_texts.of_carrier(tx, carrier.name)
    routes = ground.settings.sms_routes
    return standing(
        all_texts(catalog()),
        ids,
        carrier,
        directory,
        routes,
        only_where_needed=only_where_needed,
    )


def _carrier(settings: Settings, name: str) -> Carrier:
    shelf = on_shelf(settings.sms_folder)
    if name not in shelf:
        known = ", ".join(sorted(shelf))
        raise BadInput(f"{name} is no carrier: one of {known}.")
    return shelf[name]
