"""The secretariat at its desk: a browser that has signed in, and the whole app."""

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from app.actions.sessions import begin
from app.domain.directory import Person
from app.main import build
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.stories.programme import import_programme

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
BASE = "https://hotline.example"
_TOKEN = re.compile(r'name="t" value="([0-9a-f]+)"')
_FIELDS = re.compile(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"[^>]*>', re.S)


@dataclass
class Desk:
    """Somebody's browser; `at` is what time it is."""

    store: Store
    client: httpx.AsyncClient
    person: Person
    html: str = ""
    path: str = ""
    note: str = ""  # what the page before had to say, as it was sent

    async def get(self, path: str, *, status: int = 200) -> str:
        return self._read(await self.client.get(path, follow_redirects=True), status)

    async def post(
        self,
        path: str,
        *,
        status: int = 200,
        file: bytes | None = None,
        **fields: Any,
    ) -> str:
        found = _TOKEN.search(self.html)
        data = {"t": found[1] if found else "", **fields}
        files: Mapping[str, Any] | None = None
        if file is not None:
            files = {"file": ("file.csv", file, "text/csv")}
        answered = await self.client.post(
            path,
            data=data,
            files=files,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
        )
        return self._read(answered, status)

    def _read(self, answered: httpx.Response, status: int) -> str:
        assert answered.status_code == status, answered.text[:3000]
        self.html, self.path = answered.text, answered.url.path
        for before in answered.history:
            self._hear(before)
        return unescape(self.html)

    def _hear(self, redirected: httpx.Response) -> None:
        for cookie in redirected.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            if name == "__Host-note" and value.strip('"'):
                raw = base64.urlsafe_b64decode(value.strip('"'))
                message, params = json.loads(raw)
                self.note = message.format(**params)

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        assert found is not None, name
        return unescape(found[1])

    def filled(self) -> dict[str, Any]:
        """Return what the page's last form holds, as a browser would send it."""
        form = self.html.rpartition("<form method=")[2]
        held: dict[str, Any] = {
            name: unescape(value)
            for name, value in re.findall(r' name="([\w-]+)" value="([^"]*)"', form)
        }
        for name, body in re.findall(
            r'<select[^>]* name="(\w+)"[^>]*>(.*?)</sel', form, re.S
        ):
            chosen = re.search(r'value="([^"]*)" selected', body)
            first = re.search(r'value="([^"]*)"', body)
            picked = chosen or first
            held[name] = unescape(picked[1]) if picked else ""
        held.pop("t", None)
        return held

    async def audited(self) -> list[tuple[str, str, str, bool]]:
        """Return kind, key, through and whether it was she, the newest first."""
        rows = await self.store.pool.fetch(
            "SELECT kind, detail->>'key' AS key, through, person_id = $1 AS hers"
            " FROM audit_event ORDER BY at DESC, id DESC",
            self.person.id,
        )
        return [(r["kind"], r["key"], r["through"], bool(r["hers"])) for r in rows]


@asynccontextmanager
async def open_desk(
    store: Store, root: Path, who: str = "admin", *, furnish: bool = True
) -> AsyncIterator[Desk]:
    """Open a programme and a browser of one of its people that has come in."""
    if furnish:
        await import_programme(store)
    directory = await store.directory()
    person = next(p for p in directory.people if p.name == who)
    async with store.transaction() as tx:
        secret = await begin(tx, person, is_whole=True, device="Firefox", at=AT)
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
            "SMTP_URL": "smtp://user:sesame@mail.example:587",
        }
    )
    app = build(settings, store, Catalog.load(root / "locales"), clock=lambda: AT)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("203.0.113.7", 40000)),
        base_url=BASE,
        cookies={"__Host-room": secret},
        timeout=60,
    )
    async with client:
        yield Desk(store, client, person)
