"""The public figures of the programme that Threadline grew from, as data.

Of its complaints the report says: 83 in 2019 at 13 factories, all resolved. The
names of the factories, who sits in which country, and how many complaints each
had are not public: they are numbered here, the complaints are shared out evenly,
and no figure tells of one of them. What the report does not record is blank.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as packaged
from uuid import UUID, uuid5

from app.actions.import_history import ImportedHistory, import_history
from app.actions.indicators import enter_indicator
from app.domain.errors import Refused
from app.domain.indicators import Entered, IndicatorKind
from app.store.engine import Store
from app.store.outbox import is_demo
from app.store.past import case_count

NAME = "agt"
NOT_RECORDED = (
    "what counted as resolved, and whether the workers confirmed it",
    "how long it took, from complaint to solution",
    "what the complaints were about, and how grave they were",
    "by which way they came, in which language, and who filed them",
    "in which of the two countries, and on which day of 2019",
    "whether anybody was made to pay for complaining",
    "which complaints had to be taken to a brand",
)
_NAMESPACE = UUID("0d4e2c5c-53f6-5f0c-8f4a-3b1c8b8a6f77")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded now, and which indicators stand."""

    history: ImportedHistory
    indicators: tuple[UUID, ...]


def entered() -> tuple[Entered, ...]:
    """Return the indicators as the report tells them."""
    told = tomllib.loads(_text("indicators.toml"))
    return tuple(
        Entered(
            kind=IndicatorKind(each["kind"]),
            value=each["value"],
            period_from=told["period_from"],
            period_to=told["period_to"],
            evidence=f"{told['source']}: {each['said']}",
        )
        for each in told["indicator"]
    )


async def load(
    store: Store, *, at: datetime, through: str = "service", may_mix: bool = False
) -> Loaded:
    """Load the figures; again, it changes nothing.

    Raise `Refused` where they would be counted beside a real programme's own,
    unless that `may_mix`.
    """
    if not may_mix:
        await _refuse_real(store)
    history = await import_history(
        store,
        _text("history.csv").encode(),
        name="agt/history.csv",
        source=NAME,
        at=at,
        through=through,
    )
    ids = []
    for what in entered():
        new = uuid5(_NAMESPACE, what.kind)
        await enter_indicator(
            store, what, by=None, at=at, through=through, id=new, is_history=True
        )
        ids.append(new)
    return Loaded(history, tuple(ids))


async def _refuse_real(store: Store) -> None:
    async with store.transaction() as tx:
        is_real = not await is_demo(tx) and (
            bool((await store.directory_now(tx)).sites)
            or await case_count(tx.connection) > 0
        )
    if is_real:
        raise Refused(
            "This is a real programme, and these figures would be counted beside its"
            " own for good. Set THREADLINE_HOME to an empty folder to look at them, or"
            " add --yes."
        )


def _text(name: str) -> str:
    return packaged("app.data").joinpath(NAME, name).read_text("utf-8")
