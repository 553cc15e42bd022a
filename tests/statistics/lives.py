"""The events of cases lived through the real rules, without a database."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.case import CaseFile, Decision, Event
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.ledger import canonical, clocks_set
from app.domain.opening import open_case
from app.domain.strike import strike
from app.statistics.fold import Told, fold
from app.statistics.model import CaseFacts
from tests.builders import HOURS, PROGRAMME, TUESDAY, seed

CountryOf = Callable[[str], str | None]


def country_of(code: str) -> str | None:
    site = PROGRAMME.sites.get(code)
    return site.country if site else None


@dataclass(slots=True)
class Ledger:
    """The events of any number of cases, as the store writes them down."""

    events: dict[UUID, list[Told]] = field(default_factory=dict)
    seq: int = 0

    def hear(self, before: CaseFile | None, decision: Decision, at: datetime) -> None:
        """Add the events of one change; the last one tells what clocks it set."""
        events = list(decision.events)
        if not events and decision.case != before:
            events.append(Event("case.touched"))
        for event in events:
            facts = {**event.facts, "actor": event.actor}
            if event is events[-1] and decision.refusal is None:
                moved = clocks_set(before, decision.case)
                facts |= {"set": moved} if moved else {}
            self._add(decision.case.id, at, event.kind, facts)

    def _add(self, id: UUID, at: datetime, kind: str, facts: dict[str, Any]) -> None:
        self.seq += 1
        plain = json.loads(canonical(facts))
        self.events.setdefault(id, []).append(Told(self.seq, at, kind, plain))

    def facts(self, id: UUID) -> CaseFacts:
        folded = fold(id, self.events[id], PROGRAMME.calendar_named, country_of)
        assert folded is not None
        return folded


class Life:
    """One case of the small programme, and what its ledger says."""

    def __init__(self, at: datetime = TUESDAY, **changes: Any) -> None:
        self.ledger, self.at = Ledger(), at
        opened = open_case(seed(**changes), PROGRAMME, at)
        self.ledger.hear(None, opened, at)
        self.case = opened.case

    def wait(self, hours: float) -> None:
        """Let time pass, and the sweep come by at its end."""
        self.at += hours * HOURS
        struck = strike(self.case, PROGRAMME, False, self.at)
        if struck.case != self.case or struck.events:
            self.ledger.hear(self.case, struck, self.at)
            self.case = struck.case

    def act(self, command: Command, actor: Actor) -> bool:
        done = decide(self.case, command, actor, PROGRAMME, self.at)
        self.ledger.hear(self.case, done, self.at)
        self.case = done.case
        return done.refusal is None

    @property
    def facts(self) -> CaseFacts:
        return self.ledger.facts(self.case.id)
