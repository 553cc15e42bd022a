"""The two pages beside the API: a person's own tokens, a brand's webhooks."""

import re
from dataclasses import dataclass
from html import unescape

import httpx
import pytest

from app.actions.hashing import hashed
from app.actions.sessions import begin
from app.outbox.knocks import Knock
from app.outbox.owed import Leased
from app.store import accounts, hook_log
from tests.api.conftest import Desk
from tests.workers.debts import owe, row_of

PASSWORD = "four kites above the river"
_TOKEN = re.compile(r"tl_[A-Za-z0-9_-]{43}")
_FORM = re.compile(r'name="t" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """Somebody who has signed in with both factors."""

    desk: Desk
    cookie: str

    async def get(self, path: str) -> httpx.Response:
        return await self.desk.client.get(path, headers=self._headers)

    async def post(self, path: str, page: str, **fields: str) -> httpx.Response:
        form = _FORM.search((await self.get(page)).text)
        assert form is not None
        return await self.desk.client.post(
            path,
            data={"t": form[1], **fields},
            headers={**self._headers, "Sec-Fetch-Site": "same-origin"},
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"__Host-room={self.cookie}"}


async def sit(desk: Desk, name: str) -> Browser:
    person = await desk.person(name)
    async with desk.store.transaction() as tx:
        secret = await begin(tx, person, is_whole=True, device="Firefox", at=desk.at)
        await accounts.ensure(tx, person.id, desk.at)
        await accounts.set_password(tx, person.id, await hashed(PASSWORD), desk.at)
    return Browser(desk, secret)


PAGE = "/room/me/tokens"
FORM = {"name": "our list", "scope": "cases:read", "days": "30", "old": PASSWORD}


async def test_a_token_asks_her_password(desk: Desk) -> None:
    browser = await sit(desk, "gaz-com-w1")
    answer = await browser.post(PAGE, PAGE, **{**FORM, "old": "not hers at all"})
    assert answer.status_code == 400
    assert await desk.store.pool.fetchval("SELECT count(*) FROM api_token") == 0


async def test_a_token_is_made_shown_once_works_and_is_ended(desk: Desk) -> None:
    browser = await sit(desk, "gaz-com-w1")
    assert "You have none." in (await browser.get(PAGE)).text
    made = await browser.post(PAGE, PAGE, **FORM)
    assert made.status_code == 200
    secret = _TOKEN.search(made.text)
    assert secret is not None
    assert "no-store" in made.headers["cache-control"]
    headers = {"Authorization": f"Bearer {secret[0]}"}
    me = await desk.client.get("/api/v1/me", headers=headers)
    assert me.json()["scopes"] == ["cases:read"]
    page = (await browser.get(PAGE)).text
    assert "our list" in page
    assert _TOKEN.search(page) is None
    end = re.search(rf'action="({PAGE}/[0-9a-f-]+/end)"', page)
    assert end is not None
    ended = await browser.post(end[1], PAGE)
    assert (ended.status_code, ended.headers["location"]) == (303, PAGE)
    assert (await desk.client.get("/api/v1/me", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": "  "}, id="no-name"),
        pytest.param({"days": "0"}, id="no-day"),
        pytest.param({"days": "4000"}, id="too-long"),
        pytest.param({"days": "١٢"}, id="digits-of-another-script"),
        pytest.param({"scope": "brand:read"}, id="a-scope-of-others"),
    ],
)
async def test_what_makes_no_token_says_why(desk: Desk, change: dict[str, str]) -> None:
    browser = await sit(desk, "gaz-com-w1")
    answer = await browser.post(PAGE, PAGE, **{**FORM, **change})
    assert answer.status_code == 400
    assert await desk.store.pool.fetchval("SELECT count(*) FROM api_token") == 0


async def test_nobody_ends_the_token_of_somebody_else(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1")
    other = await sit(desk, "gaz-com-w2")
    token_id = await desk.store.pool.fetchval("SELECT id FROM api_token")
    for wrong in (token_id, "no-id"):
        answer = await other.post(f"{PAGE}/{wrong}/end", PAGE)
        assert answer.status_code == 404
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await desk.client.get("/api/v1/me", headers=headers)).status_code == 200


async def test_an_api_token_is_no_key_to_the_rooms_nor_a_cookie_to_the_api(
    desk: Desk,
) -> None:
    secret, browser = await desk.token("gaz-com-w1"), await sit(desk, "gaz-com-w1")
    headers = {
        "Authorization": f"Bearer {secret}",
        "Cookie": f"__Host-room={secret}",
    }
    room = await desk.client.get(PAGE, headers=headers)
    assert room.status_code == 303
    for way in ({"Cookie": f"__Host-room={browser.cookie}"},):
        assert (await desk.client.get("/api/v1/me", headers=way)).status_code == 401
    bearer = {"Authorization": f"Bearer {browser.cookie}"}
    assert (await desk.client.get("/api/v1/me", headers=bearer)).status_code == 401


HOOKS = "/room/brand/hooks"


async def knock(desk: Desk, brand: str, status: str) -> None:
    owed_id = await owe(
        desk.store, "brand_webhook", brand, template="brand_missed", occasion=status
    )
    await desk.store.pool.execute("UPDATE outbox SET state = 'sent', next_at = NULL")
    row = await row_of(desk.store, owed_id)
    leased = Leased(
        id=owed_id,
        case_id=None,
        recipient_kind="brand_webhook",
        recipient_key=brand,
        template="brand_missed",
        params={},
        created_at=row["created_at"],
        attempt=1,
        lease_until=desk.at,
        tried_at=None,
    )
    async with desk.store.transaction() as tx:
        knocked = Knock("brand_missed", desk.at, status, 120)
        await hook_log.note(tx, leased, knocked)


async def test_a_brand_reads_its_own_log_and_asks_for_one_again(desk: Desk) -> None:
    for brand, status in (("norda", "204"), ("silva", "204"), ("norda", "timeout")):
        await knock(desk, brand, status)
    browser = await sit(desk, "norda-buyer")
    page = unescape((await browser.get(HOOKS)).text)
    assert "Your server took it (204)." in page
    assert "Your server did not answer in time." in page
    assert page.count("webhook-id <code>") == 2
    again = re.search(rf'action="({HOOKS}/[0-9a-f-]+/again)"', page)
    assert again is not None
    answer = await browser.post(again[1], HOOKS)
    assert (answer.status_code, answer.headers["location"]) == (303, HOOKS)
    owed = await desk.store.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE state = 'owed'"
    )
    assert owed == 1


async def test_another_brands_try_is_not_there(desk: Desk) -> None:
    await knock(desk, "silva", "204")
    await knock(desk, "norda", "500")
    other = await desk.store.pool.fetchval(
        "SELECT id FROM hook_attempt WHERE brand = 'silva'"
    )
    browser = await sit(desk, "norda-buyer")
    assert str(other) not in (await browser.get(HOOKS)).text
    answer = await browser.post(f"{HOOKS}/{other}/again", HOOKS)
    assert answer.status_code == 404


async def test_only_brands_have_the_page(desk: Desk) -> None:
    for name in ("gaz-com-w1", "partner-bd", "auditor"):
        browser = await sit(desk, name)
        assert (await browser.get(HOOKS)).status_code == 404


async def test_the_api_has_the_same_log(desk: Desk) -> None:
    for brand, status in (("norda", "204"), ("silva", "204"), ("norda", "500")):
        await knock(desk, brand, status)
    first = (await desk.get("/hooks/attempts", "norda-buyer", limit=1)).json()
    rest = await desk.get("/hooks/attempts", "norda-buyer", after=first["next"])
    found = first["attempts"] + rest.json()["attempts"]
    assert {each["status"] for each in found} == {"204", "500"}
    assert rest.json()["next"] is None
    path = f"/hooks/attempts/{found[0]['id']}/replay"
    answer = await desk.post(path, "norda-buyer", key="again-1")
    assert answer.status_code == 202
    assert answer.json() == {"webhook_id": found[0]["webhook_id"]}
    again = await desk.post(path, "norda-buyer", key="again-1")
    assert (again.status_code, again.content) == (202, answer.content)
    assert (await desk.post(path, "norda-buyer")).status_code == 409
    assert (await desk.post(path, "kesto-desk")).status_code == 404
    assert (await desk.get("/hooks/attempts", "partner-bd")).status_code == 403
    all_of_them = (await desk.get("/hooks/attempts", "admin")).json()["attempts"]
    assert {each["brand"] for each in all_of_them} == {"norda", "silva"}
