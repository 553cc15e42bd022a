"""`threadline verify`: check an export of the ledger as any outsider can."""

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from app.cli.ground import print_json, say
from app.domain.errors import BadInput
from app.reports.age import open_file
from app.reports.ledger_file import OPENED
from app.verifier.verify_ledger import Report, Unreadable, as_json, check, in_words


def add_to(app: typer.Typer) -> None:
    app.command()(verify)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", dir_okay=False)],
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="", help="More heads, behind --head.", hidden=True),
    ] = None,
    head: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="HEAD.json …",
            help="Heads that you were sent: one, several behind it, or repeat it.",
        ),
    ] = None,
    identity: Annotated[
        Path | None,
        typer.Option(
            metavar="AGE_KEY_FILE", help="Your key: opens the events of your mandate."
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option(
            metavar="PUBLIC",
            help="The programme's, as `receipt key` prints it.",
        ),
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check an export of the ledger against the heads that you hold.

    The chain, every due time and every figure are recomputed; no database and no
    network is needed. Exits with 1 where something does not follow, with 2 where
    a file cannot be read.
    """
    try:
        with Console(stderr=True).status("Recomputing"):
            report = _checked(file, _heads(head or [], more or []), identity, key)
    except (Unreadable, BadInput, OSError) as error:
        say(str(error))
        raise typer.Exit(2) from None
    if json_:
        print_json(as_json(report))
    else:
        say(in_words(report))
    if report.problems:
        raise typer.Exit(1)


def _heads(named: list[Path], more: list[Path]) -> list[Path]:
    if more and not named:
        raise BadInput(f"{more[0]} is one file too many: write --head before heads.")
    return named + more


def _checked(file: Path, heads: list[Path], identity: Path | None, key: str) -> Report:
    held = [(str(path), path.read_bytes()) for path in heads]
    with TemporaryDirectory(prefix="threadline-verify-") as folder:
        opened = _opened(file, identity, Path(folder)) if identity else None
        return check(
            str(file), opened=str(opened) if opened else None, heads=held, key=key
        )


def _opened(file: Path, identity: Path, folder: Path) -> Path:
    """Decrypt the closed part into a folder that only its owner reads."""
    try:
        with zipfile.ZipFile(file) as archive:
            sealed = Path(archive.extract(OPENED, folder))
    except zipfile.BadZipFile as error:
        raise Unreadable(
            f"{file} cannot be read as a zip file ({error}): ask for it again."
        ) from None
    except KeyError:
        raise BadInput(
            f"{file} holds no opened events, as it was made without a mandate: leave"
            " out --identity."
        ) from None
    opened = folder / "opened.zip"
    open_file(sealed, identity, opened)
    return opened
