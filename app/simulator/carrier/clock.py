"""Time that goes by only when somebody waits for it."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

Work = Callable[[], Awaitable[None]]
_Task = asyncio.Task[Any]


@dataclass(order=True, slots=True)
class _Due:
    """One moment: a task that wakes, or work that begins.

    A task that only waits for the others to be done is idle.
    """

    when: datetime
    turn: int
    task: _Task | None = field(default=None, compare=False)
    wake: asyncio.Future[None] | None = field(default=None, compare=False)
    work: Work | None = field(default=None, compare=False)
    is_idle: bool = field(default=False, compare=False)

    @property
    def is_waited_for(self) -> bool:
        return not self.is_idle and not (self.wake is not None and self.wake.done())


class VirtualClock:
    """A clock that jumps to the next moment once everybody sleeps.

    Tasks that are `acting` hold it still, so an answer from a real server
    takes no virtual time. What is due wakes in order, one at a time; with a
    `grain` (seconds) all that is due within it wakes together, which is how
    a load test has many calls at work at once. With a `wall` the time is
    never behind that of the wall, and sleeping still takes none.
    """

    def __init__(
        self,
        start: datetime,
        *,
        grain: float = 0.0,
        wall: Callable[[], datetime] | None = None,
    ) -> None:
        self._virtual = start
        self._grain = timedelta(seconds=grain)
        self._wall = wall
        self._due: list[_Due] = []
        self._turns = count()
        self._sleepers = 0
        self._awake: set[_Task] = set()
        self._running: set[_Task] = set()
        self._failures: list[BaseException] = []
        self._is_stepping = False

    def now(self) -> datetime:
        """Return the present moment, aware."""
        if self._wall is None:
            return self._virtual
        return max(self._virtual, self._wall())

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Hold the clock still while this task is not asleep on it."""
        task = _current()
        if task in self._awake:
            yield
            return
        self._awake.add(task)
        try:
            yield
        finally:
            self._awake.discard(task)
            self._turn()

    async def sleep_until(self, when: datetime) -> None:
        """Sleep until then; raise what work that was due meanwhile has raised."""
        with self.acting():
            if when > self._virtual:
                await self._sleep(when)
            if self._failures:
                raise self._failures.pop(0)

    async def _sleep(self, when: datetime, *, is_idle: bool = False) -> None:
        task, wake = _current(), asyncio.get_running_loop().create_future()
        due = _Due(when, next(self._turns), task, wake, is_idle=is_idle)
        heapq.heappush(self._due, due)
        self._sleepers += 1
        self._awake.discard(task)
        self._turn()
        await wake

    def after(self, seconds: float, work: Work) -> None:
        """Begin the work that many seconds from now, once time gets there."""
        when = self.now() + timedelta(seconds=seconds)
        heapq.heappush(self._due, _Due(when, next(self._turns), work=work))

    def spawn(
        self, work: Coroutine[Any, Any, None], *, holds_time: bool = True
    ) -> None:
        """Start a task; its failure is raised to whoever sleeps next."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        if holds_time:
            self._awake.add(task)
        task.add_done_callback(self._finish)

    async def run_until(self, when: datetime) -> None:
        """Let time go by until then, with all that is due before."""
        await self.sleep_until(when)

    async def advance(self, seconds: float) -> None:
        """Let that many seconds go by, with all that is due in them."""
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def drain(self) -> None:
        """Let time go by until nothing more is due and nothing is at work."""
        while True:
            whens = [due.when for due in self._due if due.is_waited_for]
            others = self._running - {_current()}
            if whens:
                with self.acting():
                    await self._sleep(max(whens), is_idle=True)
            elif others:
                await asyncio.wait(others)
            else:
                break
        if self._failures:
            raise self._failures.pop(0)

    async def keep_up(self, every: float = 0.2) -> None:
        """Follow the wall for as long as this task lives."""
        while True:
            await self.sleep_until(self.now())
            await asyncio.sleep(every)

    def _turn(self) -> None:
        if self._awake or not self._sleepers or self._is_stepping:
            return
        self._is_stepping = True
        asyncio.get_running_loop().call_soon(self._step)

    def _step(self) -> None:
        self._is_stepping = False
        if self._awake or not self._sleepers:
            return
        for due in self._next():
            self._virtual = max(self._virtual, due.when)
            if due.work is not None:
                self.spawn(_as_coroutine(due.work))
                continue
            self._sleepers -= 1
            if due.wake is not None and due.task is not None and not due.wake.done():
                self._awake.add(due.task)
                due.wake.set_result(None)
        self._turn()

    def _next(self) -> list[_Due]:
        first = heapq.heappop(self._due)
        found = [first]
        while (
            self._grain and self._due and self._due[0].when - first.when < self._grain
        ):
            found.append(heapq.heappop(self._due))
        return found

    def _finish(self, task: _Task) -> None:
        self._running.discard(task)
        self._awake.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failures.append(failure)
        self._turn()


async def _as_coroutine(work: Work) -> None:
    await work()


def _current() -> _Task:
    task = asyncio.current_task()
    assert task is not None
    return task
