"""The whole application, and somebody from the staff with a browser and a phone."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyotp

from app.actions.deliver import deliver_due
from app.actions.invite import Invited, invite
from app.console import sign_in
from app.domain.directory import Person
from app.main import build
from app.outbox.owed import Mail, Parcel, Receipt, Text
from app.runtime.settings import read_settings
from app.store.directory import find_person
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.exported import must_be_exported
from tests.stories.programme import import_people, import_programme

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
BASE = "https://hotline.example"
PASSWORD = "four kites above the river"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
MEMBER, PARTNER, HEAD = (
    "gaz-com-w1@example.org",
    "partner-bd@example.org",
    "gaz-head@example.org",
)
PHONE = "+8801711000001"
_SINCE = "2025-01-01"

_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@dataclass
class Mailbox:
    """Where mails and texts to the staff arrive."""

    sent: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Receipt:
        self.sent.append(parcel)
        if isinstance(parcel, Text):
            must_be_exported(parcel.body, parcel.language)
        return Receipt(f"id-{len(self.sent)}")

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        return ()

    def last_text(self) -> Text:
        return next(p for p in reversed(self.sent) if isinstance(p, Text))

    def last_mail(self) -> Mail:
        return next(p for p in reversed(self.sent) if isinstance(p, Mail))


@dataclass
class Browser:
    """A browser that fills in forms; it keeps cookies as browsers do."""

    client: httpx.AsyncClient
    answer: httpx.Response | None = None

    @property
    def html(self) -> str:
        assert self.answer is not None
        return unescape(self.answer.text)

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.url.path

    @property
    def cookie(self) -> str:
        return self.client.cookies.get("__Host-room") or ""

    async def get(self, path: str) -> int:
        self.answer = await self.client.get(path, follow_redirects=True)
        return self.answer.status_code

    async def post(self, path: str, **fields: str) -> int:
        """Send a form of the page that is open; its hidden token goes along."""
        token = (
            dict(_FIELD.findall(self.answer.text)).get("t", "") if self.answer else ""
        )
        self.answer = await self.client.post(
            path,
            data={"t": token, **fields},
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
        )
        return self.answer.status_code

    async def sign_in(self, who: str, password: str = PASSWORD) -> int:
        await self.get("/in")
        return await self.post("/in", who=who, password=password)


@dataclass
class Hall:
    """What the tests of the way in stand on; `at` is what time it is."""

    store: Store
    app: Any
    catalog: Catalog
    at: datetime = AT
    post: Mailbox = field(default_factory=Mailbox)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def wait(self, **by: float) -> None:
        self.at += timedelta(**by)

    def browser(self, network: str = "203.0.113.7", agent: str = FIREFOX) -> Browser:
        transport = httpx.ASGITransport(self.app, client=(network, 40000))
        client = httpx.AsyncClient(
            transport=transport,
            base_url=BASE,
            headers={"User-Agent": agent},
            timeout=60,
        )
        self.clients.append(client)
        return Browser(client)

    async def person(self, key: str) -> Person:
        directory = await self.store.directory()
        return find_person(directory, key, keyring=self.store.keyring)

    async def invite(self, key: str) -> Invited:
        person = await self.person(key)
        return await invite(self.store, person, by=None, at=self.at)

    async def carry(self) -> Mailbox:
        """Send what is owed."""
        await deliver_due(
            self.store, self.post, self.catalog, at_clock=self.now, base_url=BASE
        )
        return self.post

    async def join(self, key: str, browser: Browser | None = None) -> str:
        """Let somebody join with an authenticator, and return its key."""
        browser = browser or self.browser()
        invited = await self.invite(key)
        await browser.get(f"/in/join?k={invited.secret}")
        fields = {"k": invited.secret, "password": PASSWORD, "again": PASSWORD}
        assert await browser.post("/in/join", **fields) == 200, browser.html
        return await self.set_up(browser)

    async def set_up(self, browser: Browser) -> str:
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.html)
        assert found is not None, browser.html
        key = found[1].replace(" ", "")
        await browser.post("/in/second", code=self.code(key), to="/room/me")
        assert browser.path == "/room/me", browser.html
        return key

    def code(self, key: str) -> str:
        return pyotp.TOTP(key).at(self.at)

    async def come_in(self, key: str, totp: str, browser: Browser) -> None:
        """Sign in whole; the clock goes on, as a code is good for one step."""
        self.wait(seconds=31)
        await browser.sign_in(key)
        assert browser.path == "/in/second", browser.html
        await browser.post("/in/second", code=self.code(totp), to="/room/me")
        assert browser.path == "/room/me", browser.html

    async def come_in_with(self, browser: Browser, who: str, password: str) -> None:
        """Type the password, a little later than whatever was tried before."""
        self.wait(seconds=61)
        await browser.sign_in(who, password)

    async def one(self, statement: str, *values: Any) -> Any:
        return await self.store.pool.fetchval(statement, *values)


@asynccontextmanager
async def open_hall(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[Hall]:
    """A programme, and before its rooms an entrance that answers at once."""
    monkeypatch.setattr(sign_in, "DOOR_SECONDS", 0.0)
    await import_programme(store)
    await import_people(
        store,
        [
            ("", "Rina", "committee", GAZIPUR, "worker", PHONE, "en", _SINCE, ""),
            (
                MEMBER,
                "gaz-com-w1",
                "committee",
                GAZIPUR,
                "worker",
                "",
                "en",
                _SINCE,
                "",
            ),
        ],
    )
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    catalog = Catalog.load(root / "locales")
    made = Hall(store, None, catalog)
    clock: Callable[[], datetime] = made.now
    made.app = build(settings, store, catalog, clock=clock)
    yield made
    for client in made.clients:
        await client.aclose()
