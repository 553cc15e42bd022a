"""What goes wrong goes wrong by a plan, and again in the same way."""

import asyncio
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.simulator.carrier.faults import BadPlan, Fault, FaultPlan, Kind
from app.simulator.carrier.network import APPLICATION_ERROR
from tests.simulator.carrier_box import LINE, PUBLIC, START, WORKER, Box, response

ANSWERS = {
    "/voice": response(
        "<Gather action='/keys' numDigits='1'/>", "<Redirect>/voice</Redirect>"
    ),
    "/keys": response("<Record action='/said' recordingStatusCallback='/recording'/>"),
    "/said": response("<Play>/bye.wav</Play>"),
    "/help": response("<Play>/sorry.wav</Play>"),
}


async def call(box: Box) -> list[str]:
    """Let a caller press 1, speak for 5 s and hear the end; return the paths."""
    caller = await box.network.ring(WORKER, LINE)
    if await caller.listen() == "keys":
        await caller.press("1")
    if await caller.listen() == "voice":
        await caller.speak(5)
    await caller.listen()
    await box.clock.drain()
    return box.service.paths()


def box(*faults: Fault, fallback: str = f"{PUBLIC}/help", **more) -> Box:
    return Box(dict(ANSWERS), *faults, fallback=fallback, **more)


# The farewell takes 3 s, the recording's callback 2.
WHOLE = ["/voice", "/keys", "/said", "/recording", "/status"]


async def test_without_a_plan_nothing_goes_wrong() -> None:
    assert await call(box()) == WHOLE


async def test_a_lost_webhook_goes_to_the_fallback() -> None:
    made = box(Fault(kind=Kind.LOST, path="/keys"))
    assert await call(made) == ["/voice", "/help", "/status"]
    assert made.service.to("/help")[0]["ErrorCode"] == "11200"
    assert made.service.to("/help")[0]["Digits"] == "1"


async def test_without_a_fallback_the_caller_hears_english() -> None:
    made = box(Fault(kind=Kind.LOST, path="/keys"), fallback="")
    await call(made)
    assert made.network.callers[0].heard[-1].what == APPLICATION_ERROR


async def test_a_connection_that_fails_once_is_tried_again() -> None:
    made = box(Fault(kind=Kind.UNREACHABLE, path="/keys", first=1))
    assert await call(made) == WHOLE
    keys = made.service.asked[1]
    assert (keys.at - made.service.asked[0].at).total_seconds() == 5, "ct"


async def test_an_answer_that_is_lost_is_not_tried_again_by_default() -> None:
    made = box(Fault(kind=Kind.ANSWER_LOST, path="/keys"))
    assert await call(made) == ["/voice", "/keys", "/help", "/status"]
    keys, helped = made.service.asked[1:3]
    assert (helped.at - keys.at).total_seconds() == 15, "rt"


async def test_but_it_is_where_the_url_asks_for_it() -> None:
    made = box(Fault(kind=Kind.ANSWER_LOST, path="/voice", first=1))
    made.network.numbers[LINE].voice_url += "#rc=1&rp=rt&rt=2000"
    assert await call(made) == ["/voice", *WHOLE]
    first, again = made.service.asked[:2]
    assert first.form == again.form
    assert (
        first.headers["i-twilio-idempotency-token"]
        == (again.headers["i-twilio-idempotency-token"])
    )
    assert (again.at - first.at).total_seconds() == 2, "rt"


@pytest.mark.parametrize(
    ("fault", "paths"),
    [
        pytest.param(
            Fault(kind=Kind.TWICE, path="/said"),
            ["/voice", "/keys", "/said", "/said", "/recording", "/status"],
            id="right-after",
        ),
        pytest.param(
            Fault(kind=Kind.TWICE, path="/said", seconds=60),
            [*WHOLE, "/said"],
            id="a-minute-later",
        ),
        pytest.param(
            Fault(kind=Kind.TWICE_AT_ONCE, path="/said"),
            ["/voice", "/keys", "/said", "/said", "/recording", "/status"],
            id="side-by-side",
        ),
    ],
)
async def test_a_webhook_that_comes_twice(fault: Fault, paths: list[str]) -> None:
    made = box(fault)
    assert await call(made) == paths
    one, other = made.service.to("/said")
    assert one == other
    assert made.network.callers[0].heard[-1].what == f"{PUBLIC}/bye.wav"


@pytest.mark.parametrize(
    ("fault", "paths"),
    [
        pytest.param(
            Fault(kind=Kind.LATE, path="/recording", seconds=30),
            ["/voice", "/keys", "/said", "/status", "/recording"],
            id="late-and-out-of-order",
        ),
        pytest.param(Fault(kind=Kind.NEVER, path="/status"), WHOLE[:-1], id="never"),
        pytest.param(
            Fault(kind=Kind.TWICE, path="/recording"),
            [*WHOLE[:4], "/recording", "/status"],
            id="twice",
        ),
        pytest.param(Fault(kind=Kind.LOST, path="/status"), WHOLE[:-1], id="lost"),
    ],
)
async def test_callbacks_that_go_astray(fault: Fault, paths: list[str]) -> None:
    assert await call(box(fault)) == paths


async def test_a_late_action_does_not_wait_for_status_faults() -> None:
    """Late and never are for callbacks; a document cannot be late."""
    assert await call(box(Fault(kind=Kind.NEVER))) == WHOLE[:3]


async def media(made: Box, tries: int) -> list[httpx.Response]:
    sid = made.network.recordings[0].sid
    account = made.service.asked[0].form["AccountSid"]
    url = f"/2010-04-01/Accounts/{account}/Recordings/{sid}.wav"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(made.network.rest),
        base_url="https://api.twilio.com",
        auth=(account, "6789"),
    ) as client:
        return [await client.get(url) for _ in range(tries)]


async def test_a_recording_is_not_there_at_first() -> None:
    made = box(Fault(kind=Kind.MEDIA_MISSING, first=2))
    await call(made)
    answers = await media(made, 4)
    assert [a.status_code for a in answers] == [404, 404, 200, 200]
    assert answers[2].content == made.network.recordings[0].audio


async def test_or_not_for_some_seconds() -> None:
    made = box(Fault(kind=Kind.MEDIA_MISSING, seconds=30))
    await call(made)
    assert [a.status_code for a in await media(made, 2)] == [404, 404]
    await made.clock.advance(30)
    assert [a.status_code for a in await media(made, 1)] == [200]


async def test_or_it_is_on_another_host() -> None:
    made = box(Fault(kind=Kind.MEDIA_MOVED))
    await call(made)
    (moved,) = await media(made, 1)
    assert moved.status_code == 307
    host = urlsplit(moved.headers["location"]).hostname
    assert host not in ("api.twilio.com", None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(made.network.rest)
    ) as client:
        there = await client.get(moved.headers["location"])
        carried = await client.get(moved.headers["location"], auth=("a", "b"))
    assert there.content == made.network.recordings[0].audio
    assert carried.status_code == 400, "storage refuses the account's token"


MANY = (
    Fault(kind=Kind.LOST, share=0.1),
    Fault(kind=Kind.UNREACHABLE, share=0.1),
    Fault(kind=Kind.ANSWER_LOST, share=0.1),
    Fault(kind=Kind.TWICE, share=0.2, seconds=3),
    Fault(kind=Kind.LATE, share=0.3, seconds=20),
)


async def replay(seed: int) -> tuple[list, list[str]]:
    made = box(*MANY, seed=seed)
    for _ in range(12):
        await call(made)
    return made.network.log, [a.form["CallSid"] for a in made.service.asked]


async def test_the_same_seed_fails_in_the_same_way() -> None:
    assert await replay(7) == await replay(7)
    log, sids = await replay(8)
    assert (log, sids) != await replay(7)
    kinds = {note.split()[1] for _, note in log if note.startswith("fault ")}
    assert len(kinds) >= 4


async def crowd(seed: int) -> list:
    made = box(*MANY, seed=seed)

    async def one(number: int) -> None:
        await made.clock.sleep_until(START + timedelta(seconds=number * 1.7))
        await call(made)

    await asyncio.gather(*(one(number) for number in range(20)))
    return made.network.log


async def test_calls_side_by_side_replay_too() -> None:
    log = await crowd(5)
    assert log == await crowd(5)
    assert log == sorted(log, key=lambda entry: entry[0])
    begun = [at for at, what in log if what.endswith("inbound")]
    ended = [at for at, what in log if what.endswith("completed")]
    assert begun[1] < ended[0], "they overlap"


async def test_one_call_fails_alike_whatever_others_do() -> None:
    """What befalls a call hangs on the call and not on its neighbours."""
    alone = box(*MANY, seed=3)
    first = await alone.network.ring(WORKER, LINE)
    await first.press("1")
    beside = box(*MANY, seed=3)
    same = await beside.network.ring(WORKER, LINE)
    for _ in range(5):
        await (await beside.network.ring(None, LINE)).listen()
    await same.press("1")
    assert first.sid == same.sid

    def story(made: Box, sid: str) -> list[tuple[str, str]]:
        return [
            (a.path, a.headers["i-twilio-idempotency-token"])
            for a in made.service.asked
            if a.form["CallSid"] == sid
        ]

    assert story(alone, first.sid) == story(beside, first.sid)


async def test_a_share_is_about_that_share() -> None:
    made = box(Fault(kind=Kind.LOST, share=0.2, path="/voice"), fallback="")
    for _ in range(400):
        await (await made.network.ring(WORKER, LINE)).listen()
    assert 50 < sum(c.is_over for c in made.network.callers) < 110


def test_a_plan_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "bad-night.toml"
    path.write_text(
        '[[fault]]\nkind = "lost"\nshare = 0.05\npath = "/twilio/voice/*"\n'
        '[[fault]]\nkind = "media_missing"\nfirst = 2\n'
    )
    assert FaultPlan.load(path) == FaultPlan(
        (
            Fault(kind=Kind.LOST, share=0.05, path="/twilio/voice/*"),
            Fault(kind=Kind.MEDIA_MISSING, first=2),
        )
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("[[fault]]\nkind = 'gone'", "fault 1: kind", id="no-such-kind"),
        pytest.param("[[fault]]\nshare = 0.1", "fault 1: kind", id="no-kind"),
        pytest.param(
            "[[fault]]\nkind = 'lost'\nchance = 1", "unknown chance", id="a-typo"
        ),
        pytest.param("[[faults]]\nkind = 'lost'", "unknown faults", id="a-table"),
        pytest.param("[[fault]]\nkind = 'lost'\nshare = 5", "at most 1", id="per-cent"),
        pytest.param(
            "[[fault]]\nkind = 'lost'\nfirst = -1", "not negative", id="negative"
        ),
        pytest.param("fault", "toml", id="no-toml"),
    ],
)
def test_a_bad_plan_says_where(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(BadPlan, match=word):
        FaultPlan.load(path)
