"""The child has little, keeps nothing, and is gone when nobody waits for it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from app.scrubbing import child, scrub as scrubbing
from app.scrubbing.scrub import Unfit, Why, scrub
from tests.scrubbing.making import noted_photo, pdf, png_of, sound

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what a child holds is read from /proc"
)
COMMAND = (sys.executable, "-B", "-m", "app.scrubbing.child")


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
            found.update(map(int, (task / "children").read_text().split()))
    return found


@pytest.fixture(autouse=True)
async def none_is_left() -> AsyncIterator[None]:
    before = children()
    yield
    assert children() == before


@pytest.fixture
def slow() -> bytes:
    """A voice that takes some seconds."""
    return sound("flac", "flac", 8000, 20 * 60, is_silent=True)


async def appeared(before: set[int]) -> set[int]:
    while not (new := children() - before):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)
    return new


async def test_the_child_is_gone_after_cancellation(slow: bytes) -> None:
    before = children()
    task = asyncio.create_task(scrub(slow))
    await appeared(before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == before


async def test_a_child_that_dies_is_told_as_busy(slow: bytes) -> None:
    before = children()
    task = asyncio.create_task(scrub(slow))
    (pid,) = await appeared(before)
    os.kill(pid, 9)
    with pytest.raises(Unfit) as refused:
        await task
    assert refused.value.why is Why.BUSY


async def test_a_child_that_takes_too_long_is_killed(
    slow: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.5)
    with pytest.raises(Unfit) as refused:
        await scrub(slow)
    assert refused.value.why is Why.BUSY


async def test_a_child_that_hears_nothing_any_more_is_killed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.5)
    instead(monkeypatch, "import time; time.sleep(60)")
    async with asyncio.timeout(20):
        with pytest.raises(Unfit) as refused:
            await scrub(noted_photo())
    assert refused.value.why is Why.BUSY


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have a child of ill will started in the place of ours."""
    start = asyncio.create_subprocess_exec

    async def another(*_argv: str, **options: Any) -> asyncio.subprocess.Process:
        return await start(sys.executable, "-c", code, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", another)


async def test_no_more_than_two_work_at_once_and_all_are_served() -> None:
    before, most = children(), 0
    work = [asyncio.create_task(scrub(noted_photo(n))) for n in range(1, 9)]
    while not all(task.done() for task in work):
        most = max(most, len(children() - before))
        await asyncio.sleep(0.005)
    assert most == 2
    assert len({(await task).content for task in work}) > 1


def test_it_works_in_the_loop_that_serves_and_in_one_after_another() -> None:
    """Six wait at a semaphore each time, and a semaphore keeps to one loop."""

    async def six() -> set[bytes]:
        done = await asyncio.gather(*(scrub(noted_photo()) for _ in range(6)))
        return {clean.content for clean in done}

    for factory in (uvloop.new_event_loop, uvloop.new_event_loop, None):
        with asyncio.Runner(loop_factory=factory) as runner:
            assert len(runner.run(six())) == 1


async def test_a_child_inherits_nothing_of_ours(
    slow: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THREADLINE_KEYS", "never to be seen by a decoder")
    with (tmp_path / "ours").open("wb") as ours:
        os.set_inheritable(ours.fileno(), True)
        before = children()
        task = asyncio.create_task(scrub(slow))
        (pid,) = await appeared(before)
        await asyncio.sleep(0.5)
        process = Path(f"/proc/{pid}")
        environment = (process / "environ").read_bytes()
        held = {os.readlink(fd) for fd in (process / "fd").iterdir()}
        limits = (process / "limits").read_text()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert b"THREADLINE" not in environment
    assert {entry.split(b"=")[0] for entry in environment.split(b"\0") if entry} == {
        *(b"LC_ALL", b"TZ", b"MALLOC_ARENA_MAX")
    }
    assert str(tmp_path / "ours") not in held
    assert all(name.startswith(("pipe:", "socket:", "/dev/null")) for name in held)
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
    assert soft["Max cpu time"] == str(child.CPU_SECONDS)
    assert soft["Max address space"] == str(child.ADDRESS_SPACE)
    assert soft["Max file size"] == soft["Max core file size"] == "0"
    assert soft["Max processes"] == "0"


def started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=scrubbing._HOUSE
    )


def told(content: bytes) -> bytes:
    return len(content).to_bytes(child.LENGTH_BYTES, "big") + content


def test_a_child_whose_parent_is_gone_ends(slow: bytes) -> None:
    with started() as process:
        assert process.stdin is not None
        process.stdin.write(told(slow))
        process.stdin.close()
        assert process.wait(10) == 1
        assert process.stdout is not None
        assert process.stdout.read() == b""


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", told(noted_photo())[:-1]])
def test_a_child_that_hears_only_a_part_says_nothing(sent: bytes) -> None:
    with started() as process:
        said, _ = process.communicate(sent, 10)
        assert (process.returncode, said) == (1, b"")


def test_a_child_cannot_write_a_file(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import sys; from app.scrubbing import child;"
        "child.limit(); Path(sys.argv[1]).write_bytes(b'kept')"
    )
    done = subprocess.run(
        (sys.executable, "-c", code, str(tmp_path / "kept")),
        cwd=scrubbing._HOUSE,
        capture_output=True,
        check=False,
    )
    assert b"File too large" in done.stderr
    assert (tmp_path / "kept").read_bytes() == b""


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(png_of(7071, 7071), id="the-largest-photo"),
        pytest.param(pdf(20), id="the-longest-paper"),
        pytest.param(sound("ogg", "libopus", 48_000, 60), id="a-voice"),
    ],
)
def test_what_may_come_fits_into_the_memory(sent: bytes) -> None:
    """Asked of a small process: what this one has would be counted as well."""
    between = (
        "import resource, subprocess, sys;"
        "done = subprocess.run([sys.executable, '-m', 'app.scrubbing.child']);"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "print('most', most, file=sys.stderr); sys.exit(done.returncode)"
    )
    with subprocess.Popen(
        (sys.executable, "-c", between),
        cwd=scrubbing._HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(told(sent))
        process.stdin.flush()
        header = json.loads(process.stdout.readline())
        assert len(process.stdout.read()) == header["length"]
        most = int(process.stderr.read().split(b"most")[1])
        assert process.wait(10) == 0
    assert most * 1024 < child.ADDRESS_SPACE


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no json\n", id="no-json"),
        pytest.param(b"[1]\n", id="another-shape"),
        pytest.param(b'{"why": "bored"}\n', id="another-reason"),
        pytest.param(b'{"kind": "photo", "length": 9}\nshort', id="less-than-it-says"),
        pytest.param(b'{"kind": "page", "length": 1}\n<', id="another-kind"),
        pytest.param(b'{"kind": "photo", "length": 99999999}\n', id="endless"),
        pytest.param(b'{"kind": "photo", "length": null}\n', id="no-length"),
        pytest.param(b'{"kind": "photo", "length": Infinity}\n', id="beyond-number"),
        pytest.param(
            b'{"kind": "voice", "length": 1, "seconds": NaN}\n<', id="no-number"
        ),
        pytest.param(b"[" * 60_000 + b"\n", id="depth-without-end"),
        pytest.param(b"x" * 300_000, id="a-line-without-end"),
    ],
)
async def test_a_child_that_was_taken_over_is_not_believed(
    said: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "said").write_bytes(said)
    code = f"import sys; sys.stdout.write(open({str(tmp_path / 'said')!r}).read())"
    instead(monkeypatch, code)
    with pytest.raises(Unfit) as refused:
        await scrub(noted_photo())
    assert refused.value.why is Why.BUSY
