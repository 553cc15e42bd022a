"""What is kept only for a time goes when its time is over."""

from app.actions.expire import expire_old
from workers.runtime import Runtime

HOURLY = 3600.0  # seconds


async def keep_house(runtime: Runtime) -> None:
    await expire_old(runtime.store, runtime.clock())
