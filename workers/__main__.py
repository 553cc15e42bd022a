"""`python -m workers`, which is what `threadline worker` runs."""

import asyncio
import signal
import sys

from app.cli.ground import catalog, open_store
from app.cli.services import check, own_ground
from app.domain.errors import ThreadlineError
from app.runtime.embedded import ServicesError
from app.runtime.logs import configure_logs
from app.runtime.settings import Settings, SettingsError
from app.runtime.supervisor import exit_with_parent
from workers.main import run_worker

_CONNECTIONS = 10


def main() -> None:
    """Work until SIGTERM or SIGINT; exit 1 with the reason where it may not."""
    exit_with_parent()
    configure_logs("INFO")
    try:
        with own_ground() as settings:
            asyncio.run(_work(settings))
    except (ThreadlineError, SettingsError, ServicesError) as refusal:
        print(f"threadline: {refusal}", file=sys.stderr)
        sys.exit(1)


async def _work(settings: Settings) -> None:
    await check(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, stop.set)
    async with open_store(settings, size=_CONNECTIONS) as store:
        await run_worker(
            settings, store, catalog(), redis_url=settings.redis_url, stop=stop
        )


if __name__ == "__main__":
    main()
