"""`threadline receipt …`: is a receipt ours, and by what can others tell."""

import os
from typing import Annotated

import typer

from app.cli.ground import print_json, say
from app.receipts.keys import PublicKey
from app.receipts.receipt import Finding, Reading, Signer, is_short, read_receipt
from app.runtime.keys import read_local_settings
from app.wording.digits import group

receipt = typer.Typer(
    help="Receipts that workers show to others: verify, key.", no_args_is_help=True
)

_WHY_NOT = {
    Finding.MALFORMED: "No receipt, or not the whole of one: look for a slip.",
    Finding.OTHER_KEY: "Not known here: it names another hotline's key, or an old one.",
    Finding.FALSE: "FALSE: its number, its day or its signature is not as given out.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(receipt, name="receipt")


@receipt.command()
def verify(
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT | NUMBER DAY CODE", help="As on the receipt, or its address."
        ),
    ],
    key: Annotated[
        str,
        typer.Option(
            metavar="PUBLIC", help="Check by this public key, without the hotline's."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Tell whether a receipt is genuine. No database and no network is needed."""
    shown = " ".join(text)
    if key:
        public = _public(key)
        if is_short(shown):
            raise typer.BadParameter(
                "a check code can be checked by its hotline alone: leave out --key."
            )
        reading = read_receipt(shown, public)
    else:
        signer = _signer()
        public, reading = signer.public_key, signer.read(shown)
    if as_json:
        print_json(_as_json(reading, public))
    else:
        say(_in_words(reading, public))
    if reading.finding is not Finding.GENUINE:
        raise typer.Exit(1)


@receipt.command("key")
def key_(as_json: AsJson = False) -> None:
    """Print the public key, to be given to whoever is shown receipts."""
    public = _signer().public_key
    if as_json:
        print_json({"id": public.id, "key": str(public)})
    else:
        say(str(public))


def _signer() -> Signer:
    return Signer(read_local_settings(os.environ).signing_key)


def _public(text: str) -> PublicKey:
    public = PublicKey.read(text)
    if public is None:
        raise typer.BadParameter(
            "--key: this is no public key; `threadline receipt key` prints one."
        )
    return public


def _in_words(reading: Reading, public: PublicKey) -> str:
    confirmed = reading.receipt
    if confirmed is None:
        return _WHY_NOT[reading.finding]
    return (
        f"Genuine: the hotline with the key {public.id} received complaint "
        f"{group(confirmed.number)} on {confirmed.day}. It confirms no more than that."
    )


def _as_json(reading: Reading, public: PublicKey) -> dict[str, str | bool | None]:
    confirmed = reading.receipt
    return {
        "ok": reading.finding is Finding.GENUINE,
        "finding": reading.finding.value,
        "number": confirmed.number if confirmed else None,
        "day": confirmed.day.isoformat() if confirmed else None,
        "key": public.id,
    }
