"""`threadline demo-data`: figures of others to try the results page with."""

from typing import Annotated

import typer

from app.cli.ground import Ground, door, on_ground, print_json, say
from app.demo.agt import NOT_RECORDED, Loaded, load

app = typer.Typer(
    help="Figures of others, to look at the results page.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Keep `agt` a verb of its own."""


@app.command()
def agt(
    may_mix: Annotated[
        bool, typer.Option("--yes", help="Load them also into a real programme.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Load the public figures of the programme that Threadline grew from.

    83 complaints at 13 factories in 2019, and what was reached from 2017 to 2020.
    """

    async def work(ground: Ground) -> Loaded:
        return await load(ground.store, at=ground.at, through=door(), may_mix=may_mix)

    done = on_ground(work)
    history = done.history
    if as_json:
        print_json(
            {
                "added": history.added,
                "unchanged": history.unchanged,
                "indicators": len(done.indicators),
                "not_recorded": list(NOT_RECORDED),
            }
        )
        return
    say(
        f"{history.added} complaints added, {history.unchanged} there already;"
        f" {len(done.indicators)} indicators stand."
    )
    say("The report does not record:")
    for each in NOT_RECORDED:
        say(f"- {each}")
    say("To see them: threadline statistics publish, then the page /results.")
