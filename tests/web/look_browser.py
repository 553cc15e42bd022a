"""A real browser in front of the sample pages, as the service would serve them."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from app.channels.web.answer import POLICY
from app.channels.web.look import Look

ORIGIN = "https://helpline.example"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium, or count its absence by the words of the other browser tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("THREADLINE_REQUIRE_BROWSER") == "1":
            pytest.fail(
                "browser: not run, and THREADLINE_REQUIRE_BROWSER=1 asks for it"
            )
        pytest.skip("browser: not run")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield opened
        await opened.close()


@dataclass
class Site:
    """Answers every request of the browser, and keeps what was asked and posted."""

    look: Look
    pages: Mapping[str, str]
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, route: Route) -> None:
        request = route.request
        path = urlsplit(request.url).path
        self.asked.append(request.url)
        if request.method == "POST":
            self.posted.append((path, request.post_data or ""))
            await route.fulfill(body="taken", content_type="text/plain")
        elif path == urlsplit(self.look.style_path).path:
            await route.fulfill(body=self.look.style, content_type="text/css")
        else:
            await route.fulfill(
                body=self.pages[path.removeprefix("/")],
                content_type="text/html; charset=utf-8",
                headers={"content-security-policy": POLICY},
            )


@asynccontextmanager
async def visited(
    browser: Browser, site: Site, width: int = 360, **options: Any
) -> AsyncIterator[Page]:
    """Open a phone of this width; what it complains of is a failure."""
    context = await browser.new_context(
        viewport={"width": width, "height": 640}, **options
    )
    await context.route("**/*", site.answer)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else 0)
    yield page
    await context.close()
    assert not complaints, complaints
