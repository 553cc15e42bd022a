"""`threadline cases files`, and `cases enter` for what came on paper."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.actions.enter_case import CHANNELS, Entered, Paper, enter_case
from app.actions.open_files import Opened, open_files
from app.cli.calls import As, AsJson, Reason, write_private
from app.cli.cases import Number, digits_of, grouped
from app.cli.ground import Ground, door, on_ground, print_json, say
from app.domain.errors import Refused
from app.domain.taxonomy import LANGUAGES, Category, Conflict

_ENDINGS = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "application/pdf": "pdf"}


def add_to(cases: typer.Typer) -> None:
    """Put both verbs beside the other ones about cases."""
    cases.command("files")(files)
    cases.command("enter")(enter)


def files(
    number: Number,
    as_: As,
    reason: Reason = "",
    out: Annotated[
        Path, typer.Option(help="The folder for the files; only you read it.")
    ] = Path("opened"),
) -> None:
    """Open what a worker sent along, for the partner alone; each time is recorded."""
    wanted = digits_of(number)

    async def work(ground: Ground) -> tuple[Opened, ...]:
        if not ground.settings.cli_may_read:
            raise Refused("The command line may not read here (CLI_MAY_READ=0).")
        return await open_files(
            ground.store,
            wanted,
            by=await ground.person(as_),
            reason=reason,
            at=ground.at,
            through=door(),
        )

    found = on_ground(work)
    if not found:
        say("Nothing was sent along in this case.")
    for count, opened in enumerate(found, 1):
        if opened.content is None:
            say(f"{count}: {opened.kind}, no longer here.")
            continue
        file = out / f"{wanted}-{count}.{_ENDINGS[opened.media_type]}"
        write_private(file, opened.content)
        say(f"{count}: {opened.kind} -> {file}. Delete it once you have looked at it.")


def enter(
    as_: As,
    words: Annotated[str, typer.Option(help="What is wrong, as it was said.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="The same from a text file; - for stdin.")
    ] = None,
    site: Annotated[str, typer.Option(help="The place's six digits.")] = "",
    language: Annotated[str, typer.Option(help="The worker's language.")] = "en",
    channel: Annotated[str, typer.Option(help="paper or visit.")] = "paper",
    category: Annotated[str, typer.Option(help="What it is about, if known.")] = "",
    conflict: Annotated[
        str, typer.Option(help="About committee, HR or owner: yes, no or unknown.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Enter a complaint for a worker; prints number and PIN once, for her alone."""
    if channel not in CHANNELS:
        raise typer.BadParameter(f"--channel {channel}: paper or visit.")
    if category and category not in set(Category):
        raise typer.BadParameter(f"--category: one of {', '.join(Category)}.")
    if conflict and conflict not in set(Conflict):
        raise typer.BadParameter("--conflict: yes, no or unknown.")
    if language not in LANGUAGES:
        raise typer.BadParameter(f"--language: one of {', '.join(LANGUAGES)}.")
    paper = Paper(
        words=words or _read(file),
        channel=channel,
        language=language,
        site=digits_of(site) if site else "",
        category=Category(category) if category else None,
        conflict=Conflict(conflict) if conflict else None,
    )

    async def work(ground: Ground) -> Entered:
        return await enter_case(
            ground.store,
            paper,
            by=await ground.person(as_),
            at=ground.at,
            through=door(),
        )

    entered = on_ground(work)
    day = entered.news_by.isoformat() if entered.news_by else ""
    if as_json:
        print_json({"number": entered.number, "pin": entered.pin, "news_by": day})
        return
    say(f"Case {grouped(entered.number)}, PIN {entered.pin[:3]} {entered.pin[3:]}.")
    if day:
        say(f"She has news by {day}.")
    say("Give her this on paper; it is not shown again. She makes it hers with a PIN")
    say("of her own: on the web, by a text with CHANGE, or by telephone with key 6.")


def _read(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"--file {file}: {error}") from None
