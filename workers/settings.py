"""For arq's own command: `arq workers.settings.WorkerSettings`.

`threadline worker` does the same and outlives Redis; here the process ends
when Redis drops, as arq's do, so something must start it again.
"""

import asyncio
import os
from typing import Any, ClassVar

from app.gateways.bell import broker
from workers.main import Pulses
from workers.relay import OPTIONS, RING
from workers.runtime import runtime_from_environment


async def start(ctx: dict[str, Any]) -> None:
    """Open the store and let the pulses beat beside arq."""
    runtime = await runtime_from_environment()
    stop = asyncio.Event()
    pulses = Pulses(runtime, stop)
    ctx.update(
        runtime=runtime,
        stop=stop,
        wake=pulses.wake,
        pulses=asyncio.create_task(pulses.run()),
    )


async def finish(ctx: dict[str, Any]) -> None:
    """Let what is under way end, and close the store."""
    ctx["stop"].set()
    await ctx["pulses"]
    await ctx["runtime"].senders.aclose()
    await ctx["runtime"].store.close()


class WorkerSettings:
    """What arq's command reads."""

    functions: ClassVar[list[Any]] = [RING]
    redis_pool = broker(os.environ.get("REDIS_URL") or "redis://localhost:6379")
    on_startup = start
    on_shutdown = finish


for _name, _value in OPTIONS.items():
    setattr(WorkerSettings, _name, _value)
