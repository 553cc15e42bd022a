"""`threadline heads`: the signed heads of the ledger, and who holds them."""

from typing import Annotated, Any

import typer

from app.actions.make_head import make_heads
from app.cli.ground import Ground, on_ground, print_json, say
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.heads import head_text, written_hour
from app.receipts.keys import SigningKey
from app.store import heads
from app.store.heads import Kept, Witness

app = typer.Typer(
    help="The hourly heads of the ledger, which outsiders hold.", no_args_is_help=True
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("list")
def list_heads(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 24,
    as_json: _AsJson = False,
) -> None:
    """List the newest heads, and how many witnesses were sent each."""

    async def work(ground: Ground) -> list[tuple[Kept, list[tuple[Witness, str]]]]:
        async with ground.store.transaction() as tx:
            return [
                (kept, await heads.witnessed(tx, kept.number))
                for kept in await heads.latest(tx, limit)
            ]

    found = on_ground(work)
    if as_json:
        print_json([_line(kept, told) for kept, told in found])
        return
    for kept, told in found:
        line = _line(kept, told)
        stamped = "  stamped" if line["stamped"] else ""
        say(
            f"{line['number']}  {line['hour']}  {line['root'][:16]}…"
            f"  sent to {line['sent']} of {line['witnesses']}{stamped}"
        )
    if not found:
        say("There is no head yet: `threadline worker` makes one an hour.")


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1)],
    as_json: _AsJson = False,
) -> None:
    """Show one head, as witnesses have it, and to whom it was sent.

    With --json just the head, as a file to hold an export against.
    """

    async def work(
        ground: Ground,
    ) -> tuple[Kept | None, list[tuple[Witness, str]], Directory]:
        async with ground.store.transaction() as tx:
            kept = await heads.numbered(tx, number)
            told = await heads.witnessed(tx, number)
        return kept, told, await ground.directory()

    kept, told, directory = on_ground(work)
    if kept is None:
        raise NotFound(f"There is no head {number}: `threadline heads list`.")
    if as_json:
        print(head_text(kept.file()))
        return
    for name, value in kept.file().items():
        say(f"{name}: {value}")
    for witness, state in told:
        say(f"  {_name(witness, directory)}: {state}")


@app.command()
def make(as_json: _AsJson = False) -> None:
    """Make the heads that are owed now, as the worker does each hour."""

    async def work(ground: Ground) -> range:
        signing = SigningKey(ground.settings.signing_key)
        return await make_heads(ground.store, signing, at=ground.at)

    made = on_ground(work)
    if as_json:
        print_json(list(made))
    elif made:
        say(f"made heads {made[0]} to {made[-1]}; the worker sends them")
    else:
        say("The head of this hour is there already.")


def _line(kept: Kept, told: list[tuple[Witness, str]]) -> dict[str, Any]:
    return {
        "number": kept.number,
        "hour": written_hour(kept.hour),
        "root": kept.file()["root"],
        "made_at": kept.made_at.isoformat(),
        "stamped": kept.token is not None,
        "witnesses": len(told),
        "sent": sum(state == "sent" for _, state in told),
    }


def _name(witness: Witness, directory: Directory) -> str:
    if witness.kind != "person":
        return f"{witness.kind} {witness.key}"
    people = {str(person.id): person for person in directory.people}
    person = people.get(witness.key)
    return f"{person.role.value} {person.email}" if person else "somebody who left"
