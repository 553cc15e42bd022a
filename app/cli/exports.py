"""`threadline export`: what an auditor takes away, opened and checked as well."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.actions.export_cases import Exported, export
from app.cli.ground import Ground, door, on_ground, print_json, say, some
from app.cli.progress import progress
from app.receipts.keys import PublicKey, SigningKey
from app.receipts.manifest import check
from app.reports.age import open_file
from app.runtime.keys import read_local_settings

app = typer.Typer(
    help="What auditors take away under a mandate.",
    invoke_without_command=True,
    no_args_is_help=True,
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.callback()
def export_(
    context: typer.Context,
    mandate: Annotated[
        UUID | None, typer.Option(metavar="ID", help="From mandates list.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder that is not there yet.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Widened to its quarter."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Widened to its quarter."),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Export closed quarters as rows and figures, signed; rows only encrypted."""
    if context.invoked_subcommand is not None:
        return
    if mandate is None or out is None:
        raise typer.BadParameter("--mandate and --out are needed.")
    chosen, folder = mandate, out

    async def work(ground: Ground) -> Exported:
        with progress() as told:
            return await export(
                ground.store,
                chosen,
                since=since.date() if since else None,
                until=until.date() if until else None,
                to=folder,
                key=SigningKey(ground.settings.signing_key),
                by=None,
                through=door(),
                at=ground.at,
                on_progress=lambda name, done, count: told(done, count, name),
            )

    made = on_ground(work)
    if as_json:
        print_json({"folder": str(out), "sha256": made.sha256, **made.manifest})
        return
    quarters = made.manifest["quarters"]
    rows = some(made.rows, "row", "rows")
    say(f"{out}: {rows} of {_named(quarters[0])} to {_named(quarters[-1])}")
    for column, rows in made.manifest["withheld"].items():
        if rows:
            say(f"  withheld: {column} of {rows}")
    if made.manifest["waiting"]:
        say("  a few complaints wait until there are enough to be told together")
    say(f"manifest.json {made.sha256}")


def _named(period: str) -> str:
    """Return a quarter as one says it: Q4 2025; a year is its own name."""
    year, _, quarter = period.partition("-")
    return f"{quarter} {year}" if quarter else year


@app.command("open")
def open_(
    file: Annotated[Path, typer.Argument(metavar="FILE.age", exists=True)],
    identity: Annotated[Path, typer.Option(metavar="KEY", exists=True)],
    out: Annotated[Path, typer.Option(metavar="FILE")],
) -> None:
    """Decrypt a file of an export with the auditor's key."""
    say(f"{out}: {open_file(file, identity, out)} bytes")


@app.command("check")
def check_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True)],
    key: Annotated[
        str,
        typer.Option(metavar="PUBLIC", help="By this key, not by the hotline's own."),
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """Tell whether the files of an export are those that were signed."""
    checked = check(folder, _public(key) if key else _own())
    if as_json:
        print_json(
            {
                "ok": not checked.problems,
                "files": checked.files,
                "key": checked.key,
                "problems": list(checked.problems),
            }
        )
    else:
        for problem in checked.problems:
            say(problem)
        if not checked.problems:
            say(f"{checked.files} files are as they were signed by {checked.key}")
    if checked.problems:
        raise typer.Exit(1)


def _own() -> PublicKey:
    return SigningKey(read_local_settings(os.environ).signing_key).public


def _public(text: str) -> PublicKey:
    public = PublicKey.read(text)
    if public is None:
        raise typer.BadParameter(
            "--key: this is no public key; `threadline receipt key` prints one."
        )
    return public
