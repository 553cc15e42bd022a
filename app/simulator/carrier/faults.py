"""What goes wrong on a telephone network, by a plan and by a seed."""

import tomllib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random
from typing import Any

from app.domain.errors import ThreadlineError


class Kind(StrEnum):
    """One way in which something goes wrong."""

    # Webhooks of every sort.
    LOST = "lost"  # no try arrives, nor is it made again
    UNREACHABLE = "unreachable"  # one try finds no connection
    ANSWER_LOST = "answer_lost"  # it arrives; the answer to this try does not
    TWICE = "twice"  # again, `seconds` later; 0 = right after
    TWICE_AT_ONCE = "twice_at_once"  # two copies side by side
    # Callbacks alone: status of calls, recordings and messages.
    LATE = "late"  # by `seconds`, so also out of order
    NEVER = "never"
    # The carrier's own API.
    TOO_MANY = "too_many"  # 429, nothing done
    SERVER_ERROR = "server_error"  # 503, nothing done
    TIMES_OUT = "times_out"  # done, and the client learns nothing
    DONE_BUT_ERROR = "done_but_error"  # done, and the answer is a 502
    EARLY = "early"  # done, and its report comes before the answer
    SLOW = "slow"  # the answer comes `seconds` later
    # A recording's sound.
    MEDIA_MISSING = "media_missing"  # 404 the `first` times or for `seconds`
    MEDIA_MOVED = "media_moved"  # a redirect to another host


class BadPlan(ThreadlineError):
    """A fault plan that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of a plan.

    `share` is a probability from 0 to 1. `path` is a glob over the URL's path
    or, for the API, over method and path (`POST */Messages.json`). `first`
    limits it to the first so many hits on one call's path, one recording or
    one resource; 0 is no limit.
    """

    kind: Kind
    share: float = 1.0
    path: str = "*"
    seconds: float = 0.0
    first: int = 0


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What may go wrong; the same plan and seed go wrong in the same way."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def load(cls, path: Path) -> "FaultPlan":
        """Read `[[fault]]` tables with the fields of `Fault`; raise `BadPlan`."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
            raise BadPlan(f"{path.name}: {wrong}") from None
        if unknown := set(table) - {"fault"}:
            raise BadPlan(f"{path.name}: unknown {', '.join(sorted(unknown))}")
        return cls(
            tuple(
                _fault(entry, f"{path.name}: fault {number}")
                for number, entry in enumerate(table.get("fault", ()), 1)
            )
        )


_NAMES = frozenset(field.name for field in fields(Fault))


def _fault(entry: dict[str, Any], place: str) -> Fault:
    if unknown := set(entry) - _NAMES:
        raise BadPlan(f"{place}: unknown {', '.join(sorted(unknown))}")
    try:
        fault = Fault(**{**entry, "kind": Kind(entry.get("kind", ""))})
    except ValueError:
        raise BadPlan(f"{place}: kind is one of {', '.join(Kind)}") from None
    numbers = (fault.share, fault.seconds, fault.first)
    if not all(isinstance(n, int | float) and n >= 0 for n in numbers):
        raise BadPlan(f"{place}: share, seconds and first are not negative")
    if fault.share > 1 or not isinstance(fault.path, str):
        raise BadPlan(f"{place}: share is at most 1 and path a glob")
    return fault


class Faults:
    """Draws from a plan; each subject (a call's path, a recording) by itself.

    So what befalls one call does not hang on how many others are at work.
    """

    def __init__(self, plan: FaultPlan, seed: int) -> None:
        self._plan = plan
        self._seed = seed
        self._chances: dict[str, Random] = {}
        self._hits: Counter[tuple[int, str]] = Counter()

    def draw(
        self, kinds: Collection[Kind], path: str, subject: str, method: str = ""
    ) -> Fault | None:
        """Return the first fault of these kinds that strikes here, or None."""
        names = (path, f"{method} {path}")
        for number, fault in enumerate(self._plan.faults):
            if fault.kind not in kinds:
                continue
            if not any(fnmatchcase(name, fault.path) for name in names):
                continue
            if fault.first and self._hits[number, subject] >= fault.first:
                continue
            if self.chance(subject).random() < fault.share:
                self._hits[number, subject] += 1
                return fault
        return None

    def chance(self, subject: str) -> Random:
        """Return the subject's own source of chance."""
        if subject not in self._chances:
            self._chances[subject] = Random(f"{self._seed} {subject}")  # noqa: S311
        return self._chances[subject]
