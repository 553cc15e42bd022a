"""A client that costs little: made requests over kept connections.

`python -m benchmarks.client PORT FILE closed CONCURRENCY WARM_UP` or
`… PORT FILE open RATE`; prints one JSON line. In a process of its own, so that
its work is not done on the server's time.
"""

import asyncio
import gc
import json
import sys
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from struct import unpack_from
from time import perf_counter
from typing import Any

import uvloop


class Connection(asyncio.Protocol):
    """One kept connection with one request under way at most."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: Any = None
        self._answered: Callable[[Connection, bytes], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(
        self, request: bytes, answered: "Callable[[Connection, bytes], None]"
    ) -> None:
        self._answered = answered
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) < int(length.split(b"\r\n", 1)[0]):
            return
        self._buffer = b""
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(self, head[9:12])

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._answered is not None:
            answered, self._answered = self._answered, None
            answered(self, b"cut")

    def close(self) -> None:
        self._transport.close()


async def connect(port: int) -> Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    return connection


async def closed_loop(
    port: int, requests: list[bytes], concurrency: int, warm_up: int
) -> dict[str, Any]:
    """Keep `concurrency` requests under way; time all after the warm-up."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting = deque(requests)
    statuses: Counter[bytes] = Counter()
    started = perf_counter()

    def answered(connection: Connection, status: bytes) -> None:
        nonlocal started
        statuses[status] += 1
        if statuses.total() == warm_up:
            started = perf_counter()
        if waiting:
            connection.send(waiting.popleft(), answered)
        elif statuses.total() == len(requests):
            done.set_result(None)

    connections = [await connect(port) for _ in range(concurrency)]
    for connection in connections:
        connection.send(waiting.popleft(), answered)
    await done
    seconds = perf_counter() - started
    for connection in connections:
        connection.close()
    return {
        "rate": (len(requests) - warm_up) / seconds,
        "statuses": _told(statuses),
    }


async def open_loop(port: int, requests: list[bytes], rate: float) -> dict[str, Any]:
    """Send at `rate` a second whether or not the server keeps up.

    Latency counts from the moment at which a request should have gone out.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    # First in, first out: one that rests too long is closed by the server.
    idle = deque([await connect(port) for _ in range(64)])
    statuses: Counter[bytes] = Counter()
    taken: list[float] = []
    waiting: deque[tuple[bytes, float]] = deque()

    def send(connection: Connection, request: bytes, planned: float) -> None:
        def answered(connection: Connection, status: bytes) -> None:
            taken.append(loop.time() - planned)
            statuses[status] += 1
            if waiting:
                send(connection, *waiting.popleft())
            else:
                idle.append(connection)
            if len(taken) == len(requests):
                done.set_result(None)

        connection.send(request, answered)

    def launch(index: int) -> None:
        planned = first + index / rate
        if idle:
            send(idle.popleft(), requests[index], planned)
        else:
            waiting.append((requests[index], planned))
        if index + 1 < len(requests):
            loop.call_at(first + (index + 1) / rate, launch, index + 1)

    first = loop.time() + 0.1
    loop.call_at(first, launch, 0)
    await done
    for connection in idle:
        connection.close()
    return {"seconds": sorted(taken), "statuses": _told(statuses)}


def _told(statuses: Counter[bytes]) -> dict[str, int]:
    return {status.decode(): number for status, number in statuses.items()}


def read_requests(path: Path) -> list[bytes]:
    content, requests, at = path.read_bytes(), [], 0
    while at < len(content):
        (length,) = unpack_from(">I", content, at)
        requests.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return requests


def main(port: str, path: str, mode: str, *numbers: str) -> None:
    requests = read_requests(Path(path))
    gc.freeze()
    gc.disable()
    if mode == "closed":
        concurrency, warm_up = map(int, numbers)
        work = closed_loop(int(port), requests, concurrency, warm_up)
    else:
        work = open_loop(int(port), requests, float(numbers[0]))
    print(json.dumps(uvloop.run(work)))


if __name__ == "__main__":
    main(*sys.argv[1:])
