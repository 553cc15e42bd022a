"""Calls in progress: how long a caller waits for the next words."""

import asyncio
import secrets
from time import perf_counter
from typing import Any

import httpx

from app.conversation.calls.spoken import PROMPTS
from app.demo.places import INDIA_LINE
from app.demo.programme import codes
from app.simulator.sign import signature
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
    """Keep fifty calls going, step by step, and time every answer."""
    site = codes()["nilavoli"]
    with fresh_database(on) as database:
        port = free_port()
        env = {**on.environment(database, port), "ALLOW_SYNTHETIC_PROMPTS": "1"}
        with web("app.cli serve", env, on.home / "calls.log"):
            asyncio.run(_all_calls(on, port, site, rounds=1))  # warm
            seconds = asyncio.run(_all_calls(on, port, site, rounds=sizes.rounds))
    return [_answer_figure(sorted(seconds)), *_beep_figures()]


async def _all_calls(on: Ground, port: int, site: str, *, rounds: int) -> list[float]:
    base = f"http://127.0.0.1:{port}"
    limits = httpx.Limits(max_connections=CALLS, max_keepalive_connections=CALLS)
    async with httpx.AsyncClient(base_url=base, limits=limits) as client:
        one = [_calls_of(on, client, base, site, n, rounds) for n in range(CALLS)]
        return [waited for told in await asyncio.gather(*one) for waited in told]


async def _calls_of(
    on: Ground, client: httpx.AsyncClient, base: str, site: str, n: int, rounds: int
) -> list[float]:
    await asyncio.sleep(n * PAUSE / CALLS)
    waited: list[float] = []
    for _ in range(rounds):
        phone = f"+9198{secrets.randbelow(10**8):08d}"
        waited += await _call(on, client, base, phone, _steps(site))
    return waited


def _steps(site: str) -> tuple[dict[str, str], ...]:
    spoken = {
        "RecordingSid": f"RE{secrets.token_hex(16)}",
        "RecordingDuration": "12",
        "Digits": "#",
    }
    keys = ("1", "1", spoken, "1", "4", site, "1", "2", "000000", "", "3")
    return tuple(k if isinstance(k, dict) else {"Digits": k} for k in keys)


async def _call(
    on: Ground,
    client: httpx.AsyncClient,
    base: str,
    phone: str,
    steps: tuple[dict[str, str], ...],
) -> list[float]:
    """Play one call from the ring to the goodbye."""
    form: dict[str, Any] = {
        "CallSid": f"CA{secrets.token_hex(16)}",
        "AccountSid": ACCOUNT_SID,
        "From": phone,
        "To": INDIA_LINE,
        "CallStatus": "in-progress",
        "Direction": "inbound",
    }
    waited = []
    for turn, more in enumerate(({}, *steps)):
        path = f"/twilio/voice/turn?s={turn}" if turn else "/twilio/voice"
        whole = {**form, **more}
        headers = {"X-Twilio-Signature": signature(base + path, whole, on.token)}
        started = perf_counter()
        answer = await client.post(path, data=whole, headers=headers)
        waited.append(perf_counter() - started)
        if answer.status_code != httpx.codes.OK or b"<Response>" not in answer.content:
            raise RuntimeError(f"step {turn} was answered with {answer.status_code}")
        await asyncio.sleep(PAUSE)
    return waited


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
