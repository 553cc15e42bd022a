"""What every route may ask for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.edge.metrics import Metrics
from app.runtime.clock import now
from app.runtime.settings import Settings
from app.store.engine import Store
from app.wording.sounds import Book


class Bell(Protocol):
    """Tells the workers that something is owed; it carries no memory."""

    failures: int  # rings that nobody can have heard

    def ring(self) -> None: ...


class NoBell:
    """Nobody is told: the workers find what is owed when they next look."""

    failures = 0

    def ring(self) -> None:
        return None


class Sounds(Protocol):
    """What can be spoken now; see `app.store.prompts`."""

    async def now(self, tx: Any) -> Book: ...


Broker = Callable[[], Awaitable[bool]]  # asks whether Redis answers now


@dataclass(frozen=True, slots=True)
class Parts:
    """The real things that the routes of one process stand on."""

    settings: Settings
    store: Store
    bell: Bell
    metrics: Metrics
    now: Callable[[], datetime] = now
    broker: Broker | None = None
    schema_head: str | None = None  # the migration that this code expects
    sounds: Sounds | None = None  # what the line can speak; None: it has no line

    def ring(self) -> None:
        """Tell the workers that something is owed; the debt is stored already."""
        self.bell.ring()
