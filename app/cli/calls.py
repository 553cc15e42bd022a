"""`threadline callbacks …`, and listening to what a caller said."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.actions.call_back import Wish, call_was_made, number_to_call, wishes
from app.actions.play_back import Recorded, listen
from app.cli.cases import Number, digits_of, grouped
from app.cli.ground import Ground, console, door, on_ground, print_json, say
from app.domain.errors import Refused

app = typer.Typer(
    help="Workers who asked that a person calls them.", no_args_is_help=True
)

As = Annotated[str, typer.Option("--as", help="Who: e-mail or phone.")]
Reason = Annotated[str, typer.Option(help="Why; the ledger keeps it.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Handle = Annotated[str, typer.Argument(help="The wish, as `list` shows it.")]


@app.command("list")
def list_(as_: As, as_json: AsJson = False) -> None:
    """List who waits for a call that this person may make; no number is shown."""

    async def work(ground: Ground) -> tuple[Wish, ...]:
        return await wishes(ground.store, by=await ground.person(as_), at=ground.at)

    found = on_ground(work)
    if as_json:
        print_json([_shown(wish) for wish in found])
        return
    if not found:
        say("Nobody waits for a call.")
        return
    table = Table("wish", "case", "language", "asked", "suits")
    for wish in found:
        table.add_row(
            wish.handle,
            grouped(wish.number) if wish.number else "-",
            wish.language,
            f"{wish.asked_at:%Y-%m-%d %H:%M}",
            wish.part or "any time of the day",
        )
    console.print(table)


@app.command()
def show(handle: Handle, as_: As, reason: Reason = "", as_json: AsJson = False) -> None:
    """Show the number to be called; who saw it is recorded."""

    async def work(ground: Ground) -> tuple[Wish, str]:
        return await number_to_call(
            ground.store,
            handle,
            by=await ground.person(as_),
            reason=reason,
            at=ground.at,
            through=door(),
        )

    wish, phone = on_ground(work)
    if as_json:
        print_json({**_shown(wish), "phone": phone})
        return
    say(f"Call {phone} (language {wish.language}; {wish.part or 'any time'}).")
    say("Anybody may answer: say nothing of it before you know who speaks.")


@app.command()
def done(
    handle: Handle,
    as_: As,
    note: Annotated[str, typer.Option(help="What came of it.")] = "",
) -> None:
    """Say that the worker was called."""

    async def work(ground: Ground) -> Wish:
        return await call_was_made(
            ground.store,
            handle,
            by=await ground.person(as_),
            note=note,
            at=ground.at,
            through=door(),
        )

    wish = on_ground(work)
    say(f"Wish {wish.handle}: called.")


def _shown(wish: Wish) -> dict[str, str | None]:
    return {
        "wish": wish.handle,
        "number": wish.number,
        "language": wish.language,
        "hotline": wish.hotline,
        "asked_at": wish.asked_at.isoformat(),
        "part": wish.part,
    }


def listen_to(
    number: Number,
    as_: As,
    reason: Reason = "",
    out: Annotated[
        Path, typer.Option(help="The folder for the sound files; only you read it.")
    ] = Path("heard"),
) -> None:
    """Open a case's recordings, for its partner alone; each time is recorded."""
    wanted = digits_of(number)

    async def work(ground: Ground) -> tuple[Recorded, ...]:
        if not ground.settings.cli_may_read:
            raise Refused(
                "The command line may not hear workers here (CLI_MAY_READ=0)."
            )
        return await listen(
            ground.store,
            wanted,
            by=await ground.person(as_),
            reason=reason,
            at=ground.at,
            through=door(),
        )

    found = on_ground(work)
    if not found:
        say("Nothing was spoken in this case.")
    for count, recorded in enumerate(found, 1):
        if recorded.audio is None:
            say(f"{count}: {recorded.seconds} s, not here (yet): `threadline doctor`.")
            continue
        file = out / f"{wanted}-{count}.wav"
        write_private(file, recorded.audio)
        say(
            f"{count}: {recorded.seconds} s -> {file}."
            " Delete it once it is written down."
        )


def write_private(file: Path, content: bytes) -> None:
    """Write a file that nobody but this user may read."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
