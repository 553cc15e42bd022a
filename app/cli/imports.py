"""`threadline import …`: the programme, file by file."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.actions.import_directory import import_directory
from app.actions.import_history import ImportedHistory, import_history
from app.actions.import_policy import import_policy
from app.carriers.shelf import on_shelf
from app.cli.ground import Ground, console, door, on_ground, print_json, say
from app.directory_files.kinds import Kind
from app.directory_files.record import Imported
from app.domain.errors import BadInput

app = typer.Typer(
    help="Import the programme: CSV files in UTF-8, a policy in TOML.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="The file to import, whole or not at all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")]


def _verb(kind: Kind) -> None:
    @app.command(kind.value, help=f"Import {kind.value} from a CSV file.")
    def verb(file: File, as_json: AsJson = False) -> None:
        content = _read(file)

        async def work(ground: Ground) -> Imported:
            return await import_directory(
                ground.store,
                kind,
                content,
                at=ground.at,
                through=door(),
                carriers=on_shelf(ground.settings.sms_folder),
            )

        _import(work, as_json)


for _kind in Kind:
    _verb(_kind)


@app.command("policy")
def policy(file: File, as_json: AsJson = False) -> None:
    """Import a dated version of the policy from a TOML file."""
    content = _read(file)
    try:
        toml_text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file}: save the file as UTF-8.") from None

    async def work(ground: Ground) -> Imported:
        return await import_policy(
            ground.store, toml_text, at=ground.at, through=door()
        )

    _import(work, as_json)


@app.command("history")
def history(
    file: File,
    source: Annotated[
        str,
        typer.Option(help="What the list is called, so that two may number alike."),
    ] = "",
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import complaints that were logged before Threadline, from a CSV file.

    A row is known again by its source and ref. One that is missing from the file
    stays counted; give it the outcome `struck` to take it out.
    """
    content = _read(file)

    async def work(ground: Ground) -> ImportedHistory:
        with console.status("Counting the complaints …"):
            return await import_history(
                ground.store,
                content,
                name=file.name,
                source=source,
                at=ground.at,
                through=door(),
                is_dry_run=is_dry_run,
            )

    done = on_ground(work)
    if as_json:
        print_json({**asdict(done), "is_dry_run": is_dry_run})
        return
    would = "Nothing was imported. It would be: " if is_dry_run else ""
    say(
        f"{would}{done.added} added, {done.changed} changed,"
        f" {done.unchanged} unchanged, {done.struck} struck out."
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or 'it cannot be read'}.") from None


def _import(work: Callable[[Ground], Awaitable[Imported]], as_json: bool) -> None:
    done = on_ground(work)
    if as_json:
        print_json(
            {
                "added": done.added,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "rows": [{"row": row, "key": key} for row, key in done.rows],
                **({"secrets": dict(done.secrets)} if done.secrets else {}),
            }
        )
        return
    say(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged.")
    for slug, secret in done.secrets.items():
        console.print(
            f"Webhook secret of {slug}, shown this once: {secret}", soft_wrap=True
        )
