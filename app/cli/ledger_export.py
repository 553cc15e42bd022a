"""`threadline ledger export`: one site's chain, for whoever holds heads."""

from pathlib import Path
from typing import Annotated

import typer

from app.actions.export_ledger import LedgerExport, Wanted, export_ledger
from app.cli.ground import (
    Ground,
    door,
    on_ground,
    print_json,
    read_day,
    read_mandate,
    say,
    some,
)
from app.cli.progress import progress
from app.receipts.keys import SigningKey


def export(
    site: Annotated[str, typer.Option("--site", metavar="CODE")],
    since: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="At the site.")
    ],
    until: Annotated[
        str, typer.Option("--to", metavar="YYYY-MM-DD", help="That day as well.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.zip", help="Not there yet.")
    ],
    mandate: Annotated[
        str, typer.Option("--mandate", metavar="ID", help="Where several hold.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Write one site's chain, with the heads over it, to be checked elsewhere.

    Under a mandate in force the events are in it too, encrypted to the auditor.
    """
    wanted = Wanted(
        site,
        read_day(since),
        read_day(until),
        read_mandate(mandate) if mandate else None,
    )

    async def work(ground: Ground) -> LedgerExport:
        with progress("Writing") as on_progress:
            return await export_ledger(
                ground.store,
                wanted,
                out=out,
                signing=SigningKey(ground.settings.signing_key),
                by=door(),
                at=ground.at,
                on_progress=on_progress,
            )

    made = on_ground(work)
    if as_json:
        print_json(
            {
                "file": str(out),
                "site": made.site,
                "length": made.length,
                "head": made.head,
                "opened": made.opened,
                "bytes": made.size,
                "sha256": made.sha256,
                "mandate": str(made.mandate.id) if made.mandate else None,
            }
        )
        return
    events = some(made.length, "event", "events")
    say(f"{out}: {events} of site {made.site}, {some(made.head, 'head', 'heads')}.")
    if made.mandate is None:
        say(
            "It holds commitments only: no mandate in force covers this site. Record"
            " one to have the events opened: `threadline mandates add`."
        )
    else:
        opened = some(made.opened, "event is", "events are")
        say(f"{opened} opened, for {made.mandate.auditor} alone.")
    if not made.head:
        say("There is no head up to that day: `threadline heads list`.")
    say(f"SHA-256 {made.sha256}; it stands in the ledger.")
