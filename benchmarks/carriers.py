"""A text that opens a case, by carriers that a file describes and by Twilio.

All on one web process, by turns: what differs is how the request is let in and
read, and whether the answer goes back in it or is owed.
"""

from collections.abc import Iterator
from itertools import islice
from statistics import median
from struct import pack
from urllib.parse import urlsplit

import httpx

from app.demo.carriers import dialect_of, made_up
from app.demo.places import CARRIER_LINES
from app.runtime.clock import now
from app.runtime.settings import Settings, read_settings
from app.simulator.dialects.wires import Phoned
from benchmarks.figures import Figure
from benchmarks.forms import texts, write_requests
from benchmarks.ground import Ground, fresh_database
from benchmarks.intake import CONCURRENCY, OURS
from benchmarks.processes import client, free_port, web, worked_seconds
from benchmarks.sizes import Sizes

_TWILIO = "twilio"
# The answer in the request; an answer that is owed; the same in a list.
_MEASURED = {"kannel": "bd", "infobip": "bd", "exotel": "in"}


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Measure every path once a round; the order changes from round to round."""
    port = free_port()
    paths = [_TWILIO, *_MEASURED]
    rates: dict[str, list[float]] = {path: [] for path in paths}
    worked: dict[str, float] = dict.fromkeys(paths, 0.0)
    with fresh_database(on) as database_url:
        env = on.environment(database_url, port)
        env |= made_up(read_settings(env), f"http://127.0.0.1:{port}")
        settings = read_settings(env)
        with web(OURS, env, on.home / "web.log") as pid:
            for turn in range(sizes.rounds):
                for path in paths[turn % len(paths) :] + paths[: turn % len(paths)]:
                    began = worked_seconds(pid)
                    rates[path].append(_rate(on, settings, path, port, sizes))
                    worked[path] += worked_seconds(pid) - began
    return [
        figure
        for path in _MEASURED
        for figure in _figures(path, rates, worked, sizes.rounds * sizes.texts_a_round)
    ]


def _rate(on: Ground, settings: Settings, path: str, port: int, sizes: Sizes) -> float:
    file = on.home / "requests"
    if path == _TWILIO:
        write_requests(file, sizes.texts_a_round, port=port, token=on.token)
    else:
        made = islice(_requests(settings, path, port), sizes.texts_a_round)
        file.write_bytes(b"".join(pack(">I", len(each)) + each for each in made))
    warm_up = sizes.texts_a_round // 8
    return float(client(port, file, "closed", CONCURRENCY, warm_up)["rate"])


def _requests(settings: Settings, name: str, port: int) -> Iterator[bytes]:
    """Yield requests as the carrier makes them, each from another phone."""
    carrier = dialect_of(name, settings, httpx.AsyncClient(), now=now)
    place = _MEASURED[name]
    line = CARRIER_LINES[place, name]
    for sender, body in texts():
        phone = sender if place == "bd" else f"+9190{sender[-8:]}"
        asked = carrier.text_request(Phoned(carrier.new_id(), phone, line, body, now()))
        parts = urlsplit(asked.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = f"{asked.method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        head += "".join(f"{each}: {value}\r\n" for each, value in asked.headers.items())
        if asked.method == "POST":
            head += f"Content-Length: {len(asked.content)}\r\n"
        yield f"{head}\r\n".encode() + asked.content


def _figures(
    path: str, rates: dict[str, list[float]], worked: dict[str, float], number: int
) -> list[Figure]:
    ours, other = median(rates[path]), median(rates[_TWILIO])
    return [
        Figure(
            f"new cases a second through {path}, {CONCURRENCY} at once",
            f"{ours:.0f}/s",
            f"{other:.0f}/s through Twilio in the same run",
            ratio=ours / other,
            target="at least 0.9",
            is_met=ours / other >= 0.9,
        ),
        Figure(
            f"processor time of the web process a text through {path}",
            f"{worked[path] / number * 1000:.2f} ms",
            f"{worked[_TWILIO] / number * 1000:.2f} ms through Twilio",
            ratio=worked[path] / worked[_TWILIO],
        ),
    ]
