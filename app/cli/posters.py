"""`threadline posters`: what hangs on the wall and what a worker carries."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.ground import Ground, catalog, on_ground, say
from app.domain.directory import Directory
from app.domain.errors import Refused
from app.domain.taxonomy import LANGUAGES
from app.posters.of_site import sheet_of
from app.posters.sheet import IN_A_PICTURE, Format, Sheet, pdf, png

EVERY = "all"


def add_to(app: typer.Typer) -> None:
    app.command()(posters)


def posters(
    site: Annotated[
        list[str], typer.Option(metavar="CODE", help="A site's code; or: all.")
    ],
    format: Annotated[Format, typer.Option(help="The paper.")] = Format.A4,
    languages: Annotated[
        str, typer.Option(help="As bn,en. Left out: those of each site.")
    ] = "",
    as_picture: Annotated[
        bool, typer.Option("--png", help="A picture of the first site, to be sent.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; else named after it.")
    ] = None,
) -> None:
    """Make posters, cards or stickers of sites, to be printed or to be sent."""
    chosen = _languages(languages)

    async def work(ground: Ground) -> tuple[list[Sheet], str]:
        directory = await ground.directory()
        base = ground.settings.public_base_url
        return [
            sheet_of(directory, c, chosen, base) for c in _codes(directory, site)
        ], base

    sheets, base = on_ground(work)
    words = catalog()
    if as_picture:
        made, sheets = png(sheets[0], format, words), sheets[:1]
    else:
        made = pdf(sheets, format, words)
    target = out or Path(_name(sheets, format, "png" if as_picture else "pdf"))
    target.write_bytes(made)
    say(f"{target}: {format.value}, {', '.join(s.site_code for s in sheets)}.")
    others = sheets[0].languages[IN_A_PICTURE:] if as_picture else ()
    if others:
        left = ",".join(others)
        say(f"A picture has two languages. For the others: --languages {left}")
    if not base.startswith("https://"):
        say(
            f"The QR leads to {base}, which is not https: set PUBLIC_BASE_URL to where"
            " workers reach this service, then print."
        )


def _languages(chosen: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(code.strip() for code in chosen.split(",") if code))
    unknown = [code for code in named if code not in LANGUAGES]
    if unknown:
        served = ", ".join(LANGUAGES)
        raise typer.BadParameter(f"--languages {', '.join(unknown)}: some of {served}.")
    return named


def _codes(directory: Directory, named: list[str]) -> list[str]:
    if EVERY not in named:
        return list(dict.fromkeys(named))
    if not directory.sites:
        raise Refused("There is no site yet: threadline import sites FILE.")
    return sorted(directory.sites)


def _name(sheets: list[Sheet], format: Format, ending: str) -> str:
    of = sheets[0].site_code if len(sheets) == 1 else EVERY
    return f"posters-{of}-{format.value}.{ending}"
