"""Calls in progress: how long a caller waits for the next words."""

import asyncio
import secrets
from time import perf_counter

import httpx

from app.conversation.calls.spoken import PROMPTS
from app.demo.places import INDIA_LINE
from app.demo.programme import codes
from app.runtime.clock import now
from app.simulator.carrier.network import Network, NumberConfig, VirtualClock
from app.wording.sounds import Book, Manifest, seconds_to_beep
from benchmarks.figures import Figure
from benchmarks.ground import ACCOUNT_SID, ROOT, Ground, catalog, fresh_database
from benchmarks.processes import free_port, web
from benchmarks.sizes import Sizes

CALLS = 50  # in progress at once
PAUSE = 1.0  # seconds between two steps of a call; people take longer
LANGUAGES = ("bn", "hi", "ta", "en")
_TARGET, _BEEP = 100.0, 60.0  # milliseconds, seconds


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Keep fifty calls going on a carrier in a box, and time every answer."""
    with fresh_database(on) as database:
        port = free_port()
        env = {**on.environment(database, port), "ALLOW_SYNTHETIC_PROMPTS": "1"}
        with web("app.cli serve", env, on.home / "calls.log"):
            asyncio.run(_all_calls(on, port, rounds=1))  # warm
            seconds = asyncio.run(_all_calls(on, port, rounds=sizes.rounds))
    return [_answer_figure(sorted(seconds)), *_beep_figures()]


async def _all_calls(on: Ground, port: int, *, rounds: int) -> list[float]:
    base = f"http://127.0.0.1:{port}"
    waited: list[float] = []

    async def begin(request: httpx.Request) -> None:
        request.extensions["began"] = perf_counter()

    async def end(response: httpx.Response) -> None:
        await response.aread()
        if not response.is_success:
            raise RuntimeError(f"a step was answered with {response.status_code}")
        if response.content:  # a report of a recording is answered with nothing
            waited.append(perf_counter() - response.request.extensions["began"])

    limits = httpx.Limits(max_connections=CALLS, max_keepalive_connections=CALLS)
    async with httpx.AsyncClient(
        base_url=base,
        limits=limits,
        event_hooks={"request": [begin], "response": [end]},
    ) as client:
        network = Network(
            account_sid=ACCOUNT_SID,
            auth_token=on.token,
            client=client,
            public_base_url=base,
            clock=VirtualClock(now()),
            seed=secrets.randbelow(2**32),
        )
        # Answers alone are timed: no callback is asked for.
        network.numbers[INDIA_LINE] = NumberConfig(voice_url=f"{base}/twilio/voice")
        callers = [_caller(network, place, rounds) for place in range(CALLS)]
        await asyncio.gather(*callers)
    return waited


async def _caller(network: Network, place: int, rounds: int) -> None:
    """Call again and again, from the ring to the goodbye, a step a second."""
    await asyncio.sleep(place * PAUSE / CALLS)
    site = codes()["nilavoli"]
    for _ in range(rounds):
        caller = await network.ring(f"+9198{secrets.randbelow(10**8):08d}", INDIA_LINE)
        await caller.listen()
        for keys in ("1", "1", None, "1", "4", site, "1", "2", "000000", None, "3"):
            await asyncio.sleep(PAUSE)
            if keys is not None:
                await caller.press(keys)
            elif caller.wanted == "voice":
                await caller.speak(12)
            else:
                await caller.wait()
            await caller.listen()
        if not caller.is_over:
            raise RuntimeError(f"the call did not end: it wants {caller.wanted}")


def _answer_figure(seconds: list[float]) -> Figure:
    p50, p99 = (seconds[int(len(seconds) * q)] * 1000 for q in (0.5, 0.99))
    return Figure(
        f"TwiML answer, {CALLS} calls in progress, a step a second each",
        f"p50 {p50:.1f}, p99 {p99:.1f} ms ({len(seconds)} answers)",
        f"{_TARGET:.0f} ms at p99",
        ratio=p99 / _TARGET,
        target="p99 under 100 ms",
        is_met=p99 < _TARGET,
    )


def _beep_figures() -> list[Figure]:
    """From the prompts' lengths: everything is listened to, two keys are pressed."""
    manifest = Manifest.load(ROOT / "locales")
    book = Book.of(manifest, catalog(), PROMPTS, allow_synthetic=True)
    figures = []
    for language in LANGUAGES:
        seconds = seconds_to_beep(book, LANGUAGES, language)
        figures.append(
            Figure(
                f"answer to beep, {language}, four languages offered",
                f"{seconds:.1f} s, 2 menus, 2 keys",
                f"{_BEEP:.0f} s",
                ratio=seconds / _BEEP,
                target="at most 60 s",
                is_met=seconds <= _BEEP,
            )
        )
    return figures
