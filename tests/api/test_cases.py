"""What a token reads and does of cases: what its owner does, and nothing else."""

import asyncio
from base64 import urlsafe_b64decode

import pytest

from app.domain.errors import BadInput
from app.edge import cursor
from app.store.ledger import verify
from tests.api.conftest import Desk
from tests.stories.programme import ENGLISH_LINE

SAID = "482170 three months no overtime pay"
ELSEWHERE = "615236 three months no overtime pay"
OURS, THEIRS = "gaz-com-w1", "tir-com-w1"


async def a_case(desk: Desk, said: str = SAID, phone: str = "+8801712345678") -> str:
    ticket = await desk.talk.open(said, "2", "no", line=ENGLISH_LINE, phone=phone)
    desk.move(minutes=30)
    return ticket.number


async def test_a_member_lists_and_shows_the_cases_of_her_own_committee(
    desk: Desk,
) -> None:
    number = await a_case(desk)
    other = await a_case(desk, ELSEWHERE, "+8801798765432")
    listed = (await desk.get("/cases", OURS)).json()
    assert [case["number"] for case in listed["cases"]] == [number]
    assert listed["next"] is None
    assert [
        c["number"] for c in (await desk.get("/cases", THEIRS)).json()["cases"]
    ] == [other]
    shown = (await desk.get(f"/cases/{number}", OURS)).json()
    assert (shown["site"], shown["category"]) == ("482170", "WAGE")
    assert "acknowledge" in shown["verbs"]
    assert {c["name"] for c in shown["clocks"]} >= {"acknowledge", "resolve"}


async def test_a_number_may_come_with_its_dash(desk: Desk) -> None:
    number = await a_case(desk)
    dashed = f"{number[:4]}-{number[4:]}"
    assert (await desk.get(f"/cases/{dashed}", OURS)).json()["number"] == number
    act = {"verb": "acknowledge"}
    assert (await desk.post(f"/cases/{dashed}/acts", OURS, act)).status_code == 200
    assert (await desk.get(f"/cases/{dashed}0", OURS)).status_code == 422


async def test_what_the_worker_said_leaves_through_no_operation(desk: Desk) -> None:
    number = await a_case(desk)
    for name in (OURS, "partner-bd"):
        for path in ("/cases", f"/cases/{number}", f"/cases/{number}/events"):
            answer = await desk.get(path, name)
            assert answer.status_code == 200
            assert "overtime" not in answer.text
            assert "8801712345678" not in answer.text


async def test_a_siblings_case_and_none_are_the_same_to_the_byte(desk: Desk) -> None:
    number = await a_case(desk)
    for path in ("", "/events"):
        sibling = await desk.get(f"/cases/{number}{path}", THEIRS)
        missing = await desk.get(f"/cases/10000007{path}", THEIRS)
        assert sibling.status_code == missing.status_code == 404
        assert sibling.content == missing.content
    act = {"verb": "acknowledge"}
    sibling = await desk.post(f"/cases/{number}/acts", THEIRS, act)
    missing = await desk.post("/cases/10000007/acts", THEIRS, act)
    assert sibling.status_code == missing.status_code == 404
    assert sibling.content == missing.content


async def test_who_is_recused_sees_neither_row_nor_number(desk: Desk) -> None:
    number, member = await a_case(desk), "gaz-com-n1"
    recused = await desk.post(f"/cases/{number}/acts", member, {"verb": "recuse"})
    assert recused.status_code == 200, recused.text
    assert (await desk.get("/cases", member)).json()["cases"] == []
    assert (await desk.get(f"/cases/{number}", member)).status_code == 404
    assert (await desk.get(f"/cases/{number}", OURS)).status_code == 200


async def test_the_factory_never_learns_the_minute(desk: Desk) -> None:
    number = await a_case(desk)
    shown = (await desk.get(f"/cases/{number}", OURS)).json()
    assert shown["opened_at"] is None
    assert shown["opened_on"] == "2026-12-01"
    events = (await desk.get(f"/cases/{number}/events", OURS)).json()["events"]
    assert events
    assert all(e["at"] is None for e in events if e["by"]["kind"] == "worker")
    assert "06:00:00" not in str(events)
    whole = (await desk.get(f"/cases/{number}", "partner-bd")).json()
    assert whole["opened_at"] == "2026-12-01T06:00:00Z"


async def test_an_act_is_that_of_the_person_and_the_ledger_says_by_which_door(
    desk: Desk,
) -> None:
    number = await a_case(desk)
    act = {"verb": "acknowledge", "note": "seen"}
    answer = await desk.post(f"/cases/{number}/acts", OURS, act)
    assert answer.json() == {"number": number, "state": "acknowledged", "notice": None}
    events = (await desk.get(f"/cases/{number}/events", OURS)).json()["events"]
    (own,) = [e for e in events if e["kind"] == "case.acknowledged"]
    assert own["by"] == {"kind": "committee", "name": OURS}
    page = await desk.store.pool.fetchval(
        "SELECT count(*) FROM ledger_event WHERE kind = 'case.acknowledged'"
    )
    assert page == 1
    assert (await verify(desk.store)).ok


async def test_what_the_rules_refuse_is_a_conflict_that_says_why(desk: Desk) -> None:
    number = await a_case(desk)
    await desk.post(f"/cases/{number}/acts", OURS, {"verb": "acknowledge"})
    again = await desk.post(f"/cases/{number}/acts", OURS, {"verb": "acknowledge"})
    assert again.status_code == 409
    assert "acknowledge is not possible now" in again.json()["detail"]


async def test_a_verb_that_is_not_the_roles_is_forbidden(desk: Desk) -> None:
    number = await a_case(desk)
    answer = await desk.post(f"/cases/{number}/acts", OURS, {"verb": "take-over"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/api/v1#forbidden"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param({"verb": "dance"}, "body.verb", id="no-verb"),
        pytest.param({"verb": "note", "loud": 1}, "body.loud", id="a-strange-field"),
        pytest.param({"verb": "note", "note": "a\x00"}, "body.note", id="no-text"),
        pytest.param({"verb": "severity"}, "severity", id="a-field-too-few"),
    ],
)
async def test_what_is_not_of_its_form_says_where(
    desk: Desk, body: dict[str, str], names: str
) -> None:
    number = await a_case(desk)
    answer = await desk.post(f"/cases/{number}/acts", OURS, body)
    assert answer.status_code == 422
    assert names in answer.text


async def test_under_one_key_an_act_is_done_once_and_answered_twice(
    desk: Desk,
) -> None:
    number = await a_case(desk)
    act = {"verb": "tell", "note": "Your pay comes on Thursday."}
    path = f"/cases/{number}/acts"
    first = await desk.post(path, "partner-bd", act, key="k-1")
    second = await desk.post(path, "partner-bd", act, key="k-1")
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert second.headers["idempotent-replay"] == "true"
    told = await desk.store.pool.fetchval(
        "SELECT count(*) FROM message WHERE direction = 'told'"
    )
    assert told == 1
    other = await desk.post(path, "partner-bd", {**act, "note": "No."}, key="k-1")
    assert other.status_code == 422
    assert (await desk.post(path, "partner-bd-2", act, key="k-1")).status_code == 200


async def test_sent_ten_times_at_once_under_one_key_it_is_done_once(
    desk: Desk,
) -> None:
    number = await a_case(desk)
    act = {"verb": "tell", "note": "Your pay comes on Thursday."}
    await desk.as_("partner-bd")
    answers = await asyncio.gather(
        *(
            desk.post(f"/cases/{number}/acts", "partner-bd", act, key="k-2")
            for _ in range(10)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    told = await desk.store.pool.fetchval(
        "SELECT count(*) FROM message WHERE direction = 'told'"
    )
    assert told == 1


async def test_a_list_is_read_page_by_page_without_a_gap(desk: Desk) -> None:
    numbers = [
        await a_case(desk, SAID, f"+88017000000{place:02}") for place in range(5)
    ]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await desk.get("/cases", OURS, limit=2, **after)).json()
        found += [case["number"] for case in page["cases"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(found) == sorted(numbers)
    assert len(found) == len(set(found))


async def test_where_a_page_ended_tells_nobody_when_a_case_came(desk: Desk) -> None:
    for place in range(2):
        await a_case(desk, SAID, f"+88017000000{place:02}")
    after = (await desk.get("/cases", OURS, limit=1)).json()["next"]
    ids = [row["id"] for row in await desk.store.pool.fetch("SELECT id FROM cases")]
    read = urlsafe_b64decode(after + "=" * (-len(after) % 4))
    assert all(str(one).encode() not in read for one in ids)
    assert all(one.bytes not in read for one in ids)
    changed = ("A" if after[-9] != "A" else "B").join((after[:-9], after[-8:]))
    for wrong in (changed, "10000007", "x"):
        assert (await desk.get("/cases", OURS, after=wrong)).status_code == 422
    # Nor does what somebody else was given, or another list's, lead on.
    theirs = await desk.get("/cases", "gaz-com-w2", after=after)
    assert theirs.status_code == 422
    ours, person = desk.store.keyring, await desk.person(OURS)
    reading = cursor.Reading(person.id, "cases")
    assert cursor.opened(ours, reading, after)
    with pytest.raises(BadInput):
        cursor.opened(ours, cursor.Reading(person.id, "hooks"), after)


async def test_a_list_is_narrowed_by_state_kind_and_lateness(desk: Desk) -> None:
    number = await a_case(desk)
    for narrow, count in (
        ({"state": "received"}, 1),
        ({"state": "resolved"}, 0),
        ({"category": "WAGE"}, 1),
        ({"category": "GBVH"}, 0),
        ({"state": "all"}, 1),
        ({"severity": "S1"}, 0),
        ({"site": "482170"}, 1),
        ({"site": "615236"}, 0),
        ({"overdue": "true"}, 0),
    ):
        listed = (await desk.get("/cases", OURS, **narrow)).json()["cases"]
        assert len(listed) == count, narrow
    desk.move(days=5)
    late = (await desk.get("/cases", OURS, overdue="true")).json()["cases"]
    assert [(c["number"], c["is_overdue"]) for c in late] == [(number, True)]


async def test_a_filter_that_nobody_knows_lists_nothing(desk: Desk) -> None:
    await a_case(desk)
    answer = await desk.get("/cases", OURS, stat="resolved")
    assert answer.status_code == 422
    assert "severity, site, state" in answer.json()["detail"]


async def test_sites_are_those_that_one_has_to_do_with(desk: Desk) -> None:
    async def codes(name: str) -> set[str]:
        sites = (await desk.get("/programme/sites", name)).json()["sites"]
        return {site["code"] for site in sites}

    assert await codes("partner-bd") == {"482170"}
    assert await codes("partner-in") == {"615236", "730467"}
    assert await codes("norda-buyer") == {"482170", "615236", "730467"}
    assert await codes("kesto-desk") == {"482170"}
    assert await codes("admin") == {"482170", "615236", "730467"}
