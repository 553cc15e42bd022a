"""A token is what its owner is, for what it was made, until its date."""

from datetime import timedelta

import httpx
import pytest

from app.actions.api_tokens import bearer_of, end_token, make_token, tokens_of
from app.api.door import MOST_A_MINUTE
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.scopes import MOST_TOKENS, SCOPES
from app.domain.taxonomy import Role
from tests.api.conftest import Desk


async def me(desk: Desk, secret: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret}"}
    return await desk.client.get("/api/v1/me", headers=headers)


async def test_it_says_whose_it_is_and_only_its_hash_is_kept(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1", "cases:read")
    assert secret.startswith("tl_")
    assert len(secret) == 46
    answer = await me(desk, secret)
    assert answer.status_code == 200
    assert answer.json() | {"expires_at": ""} == {
        "name": "gaz-com-w1",
        "role": "committee",
        "org": ["482170"],
        "token": "of the test 0",
        "scopes": ["cases:read"],
        "expires_at": "",
    }
    row = await desk.store.pool.fetchval("SELECT t::text FROM api_token t")
    assert secret[3:] not in row


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="no-secret"),
        pytest.param("Bearer tl_" + "a" * 43, id="made-up"),
        pytest.param("Bearer x", id="of-no-form"),
        pytest.param("Basic dTpw", id="another-scheme"),
    ],
)
async def test_without_a_token_that_holds_nothing_is_said(
    desk: Desk, header: str
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = await desk.client.get("/api/v1/cases", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/api/v1#unauthorized"


async def test_it_ends_on_its_date_to_the_second(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1", days=1)
    desk.move(hours=24, seconds=-1)
    assert (await me(desk, secret)).status_code == 200
    desk.move(seconds=1)
    assert (await me(desk, secret)).status_code == 401


async def test_it_ends_when_it_is_ended_and_nobody_else_ends_it(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1")
    owner, other = await desk.person("gaz-com-w1"), await desk.person("gaz-com-w2")
    (token,) = await tokens_of(desk.store, owner)
    with pytest.raises(NotFound):
        await end_token(desk.store, other, token.id, at=desk.at)
    assert (await me(desk, secret)).status_code == 200
    await end_token(desk.store, owner, token.id, at=desk.at)
    assert (await me(desk, secret)).status_code == 401


async def test_it_ends_with_the_role_at_the_next_request(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1")
    assert (await me(desk, secret)).status_code == 200
    async with desk.store.transaction() as tx:
        await tx.connection.execute(
            "UPDATE person SET until = '2026-11-30' WHERE name = 'gaz-com-w1'"
        )
        await tx.connection.execute("UPDATE directory_version SET version = version+1")
    assert (await me(desk, secret)).status_code == 401


async def change(desk: Desk, name: str, becomes: str) -> None:
    async with desk.store.transaction() as tx:
        await tx.connection.execute(
            f"UPDATE person SET {becomes} WHERE name = $1", name
        )
        await tx.connection.execute("UPDATE directory_version SET version = version+1")


async def test_it_ends_for_good_with_another_role(desk: Desk) -> None:
    secret = await desk.token("partner-bd")
    await change(desk, "partner-bd", "role = 'brand', org = '{norda}'")
    assert (await me(desk, secret)).status_code == 401
    await change(desk, "partner-bd", "role = 'partner', org = '{BD}'")
    assert (await me(desk, secret)).status_code == 401


async def test_it_does_not_come_back_with_another_term(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1")
    desk.move(days=3)
    began = desk.at.date().isoformat()
    await change(desk, "gaz-com-w1", f"since = '{began}'")
    assert (await me(desk, secret)).status_code == 401


async def test_without_the_scope_an_operation_is_forbidden(desk: Desk) -> None:
    secret = await desk.token("gaz-com-w1", "cases:read")
    answer = await desk.client.post(
        "/api/v1/cases/10000007/acts",
        headers={"Authorization": f"Bearer {secret}"},
        content=b"this is no JSON",
    )
    assert answer.status_code == 403
    assert "cases:act" in answer.json()["detail"]


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_has_scopes_of_its_own(role: Role) -> None:
    assert SCOPES[role]


async def test_nobody_is_given_a_scope_that_is_not_the_roles(desk: Desk) -> None:
    person = await desk.person("gaz-com-w1")
    for scopes in (["brand:read"], ["cases:read", "all"], []):
        with pytest.raises(BadInput):
            await make_token(
                desk.store, person, name="x", scopes=scopes, days=3, at=desk.at
            )


@pytest.mark.parametrize("days", [0, -1, 366])
async def test_it_lasts_from_a_day_to_a_year(desk: Desk, days: int) -> None:
    with pytest.raises(BadInput):
        await desk.token("gaz-com-w1", days=days)


async def test_a_person_has_only_so_many_at_a_time(desk: Desk) -> None:
    for _ in range(MOST_TOKENS):
        await desk.token("gaz-com-w1", days=1)
    with pytest.raises(Refused):
        await desk.token("gaz-com-w1")
    desk.move(days=1)
    assert await desk.token("gaz-com-w1")


async def test_more_requests_than_the_pace_are_put_off(desk: Desk) -> None:
    secret, other = await desk.token("gaz-com-w1"), await desk.token("gaz-com-w2")
    for _ in range(MOST_A_MINUTE):
        assert (await me(desk, secret)).status_code == 200
    answer = await me(desk, secret)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert (await me(desk, other)).status_code == 200


async def test_when_it_was_used_is_told_to_the_minute(desk: Desk) -> None:
    secret, owner = await desk.token("gaz-com-w1"), await desk.person("gaz-com-w1")
    first = desk.at
    await me(desk, secret)
    desk.move(seconds=30)
    await me(desk, secret)
    (token,) = await tokens_of(desk.store, owner)
    assert token.used_at == first
    bearer = await bearer_of(desk.store, secret, desk.move(minutes=5))
    assert bearer is not None
    (token,) = await tokens_of(desk.store, owner)
    assert token.used_at == first + timedelta(minutes=5, seconds=30)
