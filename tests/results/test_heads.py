"""The heads that anybody may fetch are those that witnesses were sent."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
from starlette.applications import Starlette

from app.actions.make_head import make_heads
from app.domain.heads import head_text
from app.receipts.keys import SigningKey
from app.results.heads import head_routes
from app.store import heads
from app.store.engine import Store
from tests.conftest import FIRST_DAY

SIGNING = SigningKey(bytes(range(32)))


async def test_the_newest_heads_and_each_of_them(store: Store) -> None:
    parts: Any = SimpleNamespace(store=store)
    app = Starlette(routes=head_routes(parts))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.get("/heads")).json() == {"heads": []}
        for days in (0, 2, 3):
            at = FIRST_DAY + timedelta(days=days)
            made = await make_heads(store, SIGNING, at=at)
        async with store.transaction() as tx:
            files = [kept.file() async for kept in heads.up_to(tx, 999)]
        listed = (await client.get("/heads")).json()["heads"]
        assert listed == files[:-49:-1]
        assert listed[0]["number"] == made[-1] == 73
        one = await client.get("/heads/9.json")
        assert one.text == head_text(files[8])
        assert one.headers["access-control-allow-origin"] == "*"
        for path in (
            "/heads/74.json",
            "/heads/0.json",
            "/heads/x.json",
            "/heads/٣.json",
        ):
            missing = await client.get(path)
            assert missing.status_code == 404
        huge = await client.get(f"/heads/{'9' * 40}.json")
        assert huge.status_code == 404
