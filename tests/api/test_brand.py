"""What a brand does through the API: what it does in its room, and no more."""

from datetime import timedelta

import pytest

from app.store.ledger import verify
from tests.api.conftest import Desk
from tests.api.test_cases import ELSEWHERE, a_case

NORDA, KESTO = "norda-buyer", "kesto-desk"


@pytest.fixture
async def told(desk: Desk) -> str:
    """A case of which nobody took any notice for two weeks."""
    number = await a_case(desk)
    await desk.talk.run(days=15)
    desk.tokens.clear()
    return number


async def test_a_brand_promises_reads_and_answers(desk: Desk, told: str) -> None:
    (line,) = (await desk.get("/brand/cases", NORDA)).json()["cases"]
    assert (line["handle"], line["has_promised"]) == (told, False)
    assert line["answer_due_at"] is not None
    path = f"/brand/cases/{told}"
    early = await desk.get(path, NORDA)
    assert early.status_code == 409
    assert "promise" in early.json()["detail"]
    assert (await desk.post(f"{path}/answer", NORDA, {})).status_code == 409
    assert (await desk.post(f"{path}/promise", NORDA)).json() == {"handle": told}
    shown = (await desk.get(path, NORDA)).json()
    assert (shown["depth"], shown["category"]) == ("whole", "WAGE")
    assert any(step["is_missed"] for step in shown["clocks"])
    assert (await desk.post(f"{path}/answer", NORDA, {"note": "We act."})).is_success
    (line,) = (await desk.get("/brand/cases", NORDA)).json()["cases"]
    assert (await verify(desk.store)).ok


async def test_it_reads_nothing_that_the_worker_said(desk: Desk, told: str) -> None:
    path = f"/brand/cases/{told}"
    await desk.post(f"{path}/promise", NORDA)
    for more in ("", "/words", "/remedies"):
        answer = await desk.get(f"{path}{more}", NORDA)
        assert answer.status_code == 200
        for secret in ("overtime", "8801712345678", "gaz-com-w1"):
            assert secret not in answer.text


async def test_brands_write_to_one_another_and_once_for_a_key(
    desk: Desk, told: str
) -> None:
    path, said = f"/brand/cases/{told}/words", {"text": "We pay this week."}
    for name in (NORDA, KESTO):
        await desk.post(f"/brand/cases/{told}/promise", name)
    for _ in range(2):
        answer = await desk.post(path, NORDA, said, key="word-1")
        assert answer.status_code == 201
    assert answer.headers["idempotent-replay"] == "true"
    (word,) = (await desk.get(path, KESTO)).json()["words"]
    assert (word["by"], word["text"]) == ("norda", "We pay this week.")


async def test_what_broke_off_is_done_once_when_it_is_asked_again(
    desk: Desk, told: str
) -> None:
    """The act was kept, and the process died before it kept the answer."""
    path, said = f"/brand/cases/{told}", {"text": "We pay this week."}
    day = (desk.at + timedelta(days=20)).date().isoformat()
    plan = {"root_cause": "price", "owner": "brand", "due_on": day, "action": "Pay."}
    answers = []
    for _ in range(2):
        await desk.post(f"{path}/promise", NORDA, key="k-promise")
        answers.append(await desk.post(f"{path}/words", NORDA, said, key="k-word"))
        answers.append(await desk.post(f"{path}/remedies", NORDA, plan, key="k-plan"))
        await desk.store.pool.execute(
            "UPDATE api_act SET status = NULL, answer = NULL WHERE key LIKE 'k-%'"
        )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert answers[1].json() == answers[3].json()
    assert len((await desk.get(f"{path}/words", NORDA)).json()["words"]) == 1
    assert len((await desk.get(f"{path}/remedies", NORDA)).json()["remedies"]) == 1
    assert (await verify(desk.store)).ok


async def test_a_remedy_is_planned_and_finished(desk: Desk, told: str) -> None:
    path = f"/brand/cases/{told}"
    await desk.post(f"{path}/promise", NORDA)
    day = (desk.at + timedelta(days=20)).date().isoformat()
    plan = {
        "root_cause": "late_payment",
        "owner": "brand",
        "due_on": day,
        "kind": "back_pay",
        "action": "Pay the open invoices.",
    }
    made = await desk.post(f"{path}/remedies", NORDA, plan)
    assert made.status_code == 201, made.text
    one = f"{path}/remedies/{made.json()['id']}"
    late = {**plan, "due_on": "2026-01-01"}
    assert (await desk.post(f"{path}/remedies", NORDA, late)).status_code == 422
    done = {
        "evidence": "The bank's advice.",
        "beneficiaries": 41,
        "amount": "98400.50",
        "currency": "BDT",
    }
    of_what = {**done, "currency": None}
    assert (await desk.post(f"{one}/finish", NORDA, of_what)).status_code == 422
    assert (await desk.post(f"{one}/finish", NORDA, done)).status_code == 200
    assert (await desk.post(f"{one}/drop", NORDA)).status_code == 409
    (remedy,) = (await desk.get(f"{path}/remedies", NORDA)).json()["remedies"]
    assert (remedy["state"], remedy["beneficiaries"]) == ("done", 41)
    paid = remedy["kind"], remedy["amount"], remedy["currency"]
    assert paid == ("back_pay", "98400.50", "BDT")
    assert remedy["confirmed_at"] is None


async def test_a_case_of_other_brands_and_none_are_the_same_to_the_byte(
    desk: Desk, told: str
) -> None:
    other = await a_case(desk, ELSEWHERE, "+8801798765432")
    await desk.talk.run(days=15)
    desk.tokens.clear()
    handles = [
        c["handle"] for c in (await desk.get("/brand/cases", KESTO)).json()["cases"]
    ]
    assert handles == [told]
    for method, more in (("get", ""), ("get", "/words"), ("post", "/promise")):
        ask = desk.get if method == "get" else desk.post
        answers = [
            await ask(f"/brand/cases/{handle}{more}", KESTO)
            for handle in (other, "10000007", "0123456789abcdef")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("name", ["gaz-com-w1", "partner-bd", "admin", "auditor"])
async def test_only_brands_have_it(desk: Desk, told: str, name: str) -> None:
    for path in ("/brand/cases", f"/brand/cases/{told}"):
        assert (await desk.get(path, name)).status_code == 403
    assert (await desk.get(f"/cases/{told}", NORDA)).status_code == 403
