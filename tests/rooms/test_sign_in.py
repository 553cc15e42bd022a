"""The way into the rooms: invited once, two factors, slowed and never locked out."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from app.actions.api_tokens import bearer_of, make_token
from app.actions.known_devices import is_known
from app.actions.second_factor import confirm, send_code
from app.actions.sessions import end_all, seat_in_demo, sitting_of
from app.actions.sign_in import sign_in
from app.domain.errors import Refused
from app.edge import throttle
from app.outbox.owed import Mail
from app.store import accounts
from app.store.engine import Store
from app.store.programme import found
from tests.builders import GAZIPUR
from tests.rooms.hall import (
    HEAD,
    MEMBER,
    PARTNER,
    PASSWORD,
    PHONE,
    Browser,
    Hall,
    open_hall,
)
from tests.stories.programme import import_people


@pytest.fixture
async def hall(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[Hall]:
    async with open_hall(store, root, monkeypatch) as opened:
        yield opened


async def test_somebody_is_invited_by_mail_joins_and_signs_in(hall: Hall) -> None:
    await hall.invite(PARTNER)
    mails = [p for p in (await hall.carry()).sent if isinstance(p, Mail)]
    mail = next(m for m in mails if m.to == PARTNER and "/in/join" in m.body)
    link = re.search(r"https://hotline\.example(/in/join\?k=\S+)", mail.body)
    assert link is not None
    secret = link[1].rpartition("=")[2]
    row = await hall.one("SELECT params FROM outbox WHERE template = 'room_invite'")
    assert secret not in row

    browser = hall.browser()
    assert await browser.get(link[1]) == 200
    assert "partner-bd" in browser.html
    await browser.post("/in/join", k=secret, password=PASSWORD, again=PASSWORD)
    assert browser.path == "/in/second"
    assert 'role="img"' in browser.html
    key = await hall.set_up(browser)

    other = hall.browser()
    await hall.come_in(PARTNER, key, other)
    assert "Firefox, Android" in other.html
    assert "Signed in" in other.html
    sealed = await hall.one(
        "SELECT totp_sealed FROM account WHERE totp_sealed IS NOT NULL"
    )
    assert key.encode() not in sealed


async def test_who_has_only_a_phone_is_invited_by_text_and_may_take_codes(
    hall: Hall,
) -> None:
    invited = await hall.invite(PHONE)
    text = (await hall.carry()).last_text()
    assert text.to == PHONE
    assert f"/in/join?k={invited.secret}" in text.body

    browser = hall.browser()
    await browser.get(f"/in/join?k={invited.secret}")
    fields = {"k": invited.secret, "password": PASSWORD, "again": PASSWORD}
    await browser.post("/in/join", **fields)
    await browser.post("/in/second/way", way="text")
    code = (await hall.carry()).last_text().body[:6]
    assert code.isdigit()
    stored = await hall.one("SELECT params FROM outbox WHERE template = 'room_code'")
    assert code not in stored
    await browser.post("/in/second", code=code, to="/room/me")
    assert browser.path == "/room/me"

    # The next time a code comes by itself, for a number however it is written.
    hall.wait(minutes=20)
    again = hall.browser()
    await again.sign_in("01711-000001")
    assert again.path == "/in/second"
    code = (await hall.carry()).last_text().body[:6]
    hall.wait(minutes=11)
    assert await again.post("/in/second", code=code) == 403
    hall.wait(minutes=2)
    await again.post("/in/second/send")
    fresh = (await hall.carry()).last_text().body[:6]
    await again.post("/in/second", code=fresh, to="/room/me")
    assert again.path == "/room/me"


async def test_a_partner_is_not_offered_codes_by_text(hall: Hall) -> None:
    phone = "+8801711000009"
    await import_people(
        hall.store,
        [(PARTNER, "P", "partner", "BD", "", phone, "en", "2025-01-01", "")],
    )
    browser = hall.browser()
    invited = await hall.invite(PARTNER)
    await browser.get(f"/in/join?k={invited.secret}")
    fields = {"k": invited.secret, "password": PASSWORD, "again": PASSWORD}
    await browser.post("/in/join", **fields)
    assert "Send codes" not in browser.html
    assert await browser.post("/in/second/way", way="text") == 409


async def test_an_invitation_opens_once_and_for_three_days(hall: Hall) -> None:
    browser = hall.browser()
    first = await hall.invite(MEMBER)
    second = await hall.invite(MEMBER)
    assert await browser.get(f"/in/join?k={first.secret}") == 410  # a newer one came

    fields = {"k": second.secret, "password": PASSWORD, "again": PASSWORD}
    hall.wait(hours=73)
    assert await browser.get(f"/in/join?k={second.secret}") == 410
    assert await browser.post("/in/join", **fields) == 410

    third = await hall.invite(MEMBER)
    fields["k"] = third.secret
    await browser.get(f"/in/join?k={third.secret}")
    answers = await asyncio.gather(
        *(hall.browser().post("/in/join", **fields) for _ in range(3))
    )
    assert sorted(answers) == [200, 410, 410]
    assert await hall.browser().post("/in/join", **fields) == 410


@pytest.mark.parametrize(
    ("password", "says"),
    [
        pytest.param("short", "at least 12", id="it-is-short"),
        pytest.param("Password1234!", "stands in lists", id="it-is-known"),
        pytest.param("gaz-com-w1-2026", "guessed first", id="it-is-her-own-name"),
        pytest.param("threadline 2026", "guessed first", id="it-is-ours"),
    ],
)
async def test_a_weak_password_leaves_the_invitation_as_it_was(
    hall: Hall, password: str, says: str
) -> None:
    browser = hall.browser()
    invited = await hall.invite(MEMBER)
    await browser.get(f"/in/join?k={invited.secret}")
    fields = {"k": invited.secret, "password": password, "again": password}
    assert await browser.post("/in/join", **fields) == 400
    assert says in browser.html
    assert await browser.get(f"/in/join?k={invited.secret}") == 200


async def test_an_invitation_ends_what_was_before(hall: Hall) -> None:
    browser = hall.browser()
    key = await hall.join(PARTNER, browser)
    invited = await hall.invite(PARTNER)
    assert await browser.get("/room/me") == 200
    assert browser.path == "/room/me"  # a mail alone ends nothing
    thief = hall.browser()
    await thief.get(f"/in/join?k={invited.secret}")
    new = "seven lamps in a long hall"
    await thief.post("/in/join", k=invited.secret, password=new, again=new)
    await browser.get("/room/me")
    assert browser.path == "/in"
    await browser.sign_in(PARTNER)
    assert browser.path == "/in"
    await browser.sign_in(PARTNER, new)
    assert hall.code(key) not in browser.html
    assert "Set up the second half" in browser.html


async def test_wrong_and_unknown_are_answered_alike(hall: Hall) -> None:
    await hall.join(PARTNER)
    seen = set()
    for who in (PARTNER, "nobody@example.org", HEAD, "+8801711999999", "x", "'--"):
        browser = hall.browser()
        status = await browser.sign_in(who, "this is not the password")
        body = browser.html.replace(f'value="{who}"', "")
        seen.add((status, body))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 403


async def test_tries_are_slowed_and_the_right_one_works_after_the_wait(
    hall: Hall,
) -> None:
    key = await hall.join(PARTNER)
    hall.wait(seconds=31)
    for _ in range(7):
        hall.wait(seconds=3)
        assert await hall.browser().sign_in(PARTNER, "wrong wrong wrong") == 403
    browser = hall.browser()
    assert await browser.sign_in(PARTNER) == 403  # right, and too soon
    assert await hall.one("SELECT tries FROM account WHERE tries > 0") == 7
    hall.wait(seconds=4)
    await browser.sign_in(PARTNER)
    assert browser.path == "/in/second"
    await browser.post("/in/second", code=hall.code(key), to="/room/me")
    assert browser.path == "/room/me"
    assert "wrong password" in browser.html
    assert await hall.one("SELECT max(tries) FROM account") == 0


async def test_many_tries_at_once_are_no_way_around_the_wait(hall: Hall) -> None:
    await hall.join(PARTNER)
    hall.wait(seconds=31)
    browsers = [hall.browser() for _ in range(12)]
    await asyncio.gather(
        *(b.post("/in", who=PARTNER, password="wrong wrong wrong") for b in browsers)
    )
    assert await hall.one("SELECT max(tries) FROM account") == 5


async def test_nobody_is_kept_out_for_long_however_many_tried(hall: Hall) -> None:
    key = await hall.join(PARTNER)
    await hall.store.pool.execute(
        "UPDATE account SET tries = 5000, tried_at = $1", hall.at
    )
    hall.wait(seconds=60)
    browser = hall.browser()
    await browser.sign_in(PARTNER)
    await browser.post("/in/second", code=hall.code(key), to="/room/me")
    assert browser.path == "/room/me"


async def test_whoever_guesses_keeps_nobody_out(hall: Hall) -> None:
    """Every 61 seconds, from another network each time, as long as she likes.

    A browser with which she came in before gets in at once, each time. Another
    one too, but for four seconds after a wrong try of somebody else's.
    """
    own = hall.browser("203.0.113.7")
    key = await hall.join(PARTNER, own)
    at_once = waited = 0
    for turn in range(20):
        guesser = hall.browser(f"198.51.{turn}.9")
        hall.wait(seconds=61)
        assert await guesser.sign_in(PARTNER, "wrong wrong wrong") == 403
        own.client.cookies.delete("__Host-room")
        hall.wait(seconds=1 + 3 * turn)  # from one second after the try, to 58
        await own.sign_in(PARTNER)
        at_once += own.path == "/in/second"
        other = hall.browser(f"192.0.{turn}.7")
        await other.sign_in(PARTNER)
        if other.path != "/in/second":
            hall.wait(seconds=4)
            await other.sign_in(PARTNER)
            waited += 1
        assert other.path == "/in/second"
    assert at_once == 20
    assert waited <= 1
    hall.wait(seconds=31)
    await own.post("/in/second", code=hall.code(key), to="/room/me")
    assert own.path == "/room/me"


async def test_a_browser_that_is_known_waits_for_its_own_wrong_tries(
    hall: Hall,
) -> None:
    own = hall.browser()
    await hall.join(PARTNER, own)
    own.client.cookies.delete("__Host-room")
    for _ in range(6):
        assert await own.sign_in(PARTNER, "wrong wrong wrong") == 403
    assert await hall.one("SELECT tries FROM known_device") == 5
    assert await own.sign_in(PARTNER) == 403  # right, and too soon
    hall.wait(seconds=1)
    await own.sign_in(PARTNER)
    assert own.path == "/in/second"


async def test_a_browser_is_known_for_whom_it_came_in_and_by_our_cookie_alone(
    hall: Hall,
) -> None:
    own = hall.browser()
    own.client.cookies.set("__Host-known", "planted", domain="hotline.example")
    await hall.join(PARTNER, own)
    known = own.client.cookies["__Host-known"]
    assert len(known) == 43
    assert await hall.one("SELECT count(*) FROM known_device") == 1
    partner, member = await hall.person(PARTNER), await hall.person(MEMBER)
    assert await is_known(hall.store, partner, known)
    assert not await is_known(hall.store, member, known)
    assert not await is_known(hall.store, partner, "planted")
    assert not await is_known(hall.store, partner, "")
    await end_all(hall.store, partner, at=hall.at)
    assert not await is_known(hall.store, partner, known)


async def test_codes_and_passwords_are_counted_apart(hall: Hall) -> None:
    await hall.join(PARTNER)
    hall.wait(seconds=31)
    browser = hall.browser()
    await browser.sign_in(PARTNER)
    await browser.post("/in/second", code="000000")
    counted = "SELECT tries, code_tries FROM account WHERE password_hash IS NOT NULL"
    assert tuple(await hall.store.pool.fetchrow(counted)) == (0, 1)


async def test_a_colleague_comes_in_though_somebody_guesses_beside_her(
    hall: Hall, monkeypatch: Any
) -> None:
    own = hall.browser("198.51.100.7")
    await hall.join(PARTNER, own)
    own.client.cookies.delete("__Host-room")
    guesser = hall.browser("198.51.100.9")
    statuses = [await guesser.sign_in(f"a{n}@b.example") for n in range(31)]
    assert statuses == [403] * 30 + [429]
    hall.wait(seconds=31)
    await own.sign_in(PARTNER)
    assert own.path == "/in/second"
    other = hall.browser("198.51.100.8")
    assert await other.sign_in(PARTNER) == 429
    monkeypatch.setattr(throttle, "LOOK_SECONDS", 0.0)  # a few seconds later
    await other.sign_in(PARTNER)
    assert other.path == "/in/second"


async def test_codes_by_text_are_not_enough_for_another_role(hall: Hall) -> None:
    await hall.join(PHONE)
    person = await hall.person(PHONE)
    async with hall.store.transaction() as tx:
        await accounts.set_codes(tx, person.id)
    hall.wait(seconds=31)
    browser = hall.browser()
    await browser.sign_in(PHONE)
    assert browser.path == "/in/second"
    row = ("", "Rina", "partner", "BD", "", PHONE, "en", "2025-01-01", "")
    await import_people(hall.store, [row])
    hall.wait(seconds=61)
    other = hall.browser()
    assert await other.sign_in(PHONE) == 409
    session = await sign_in(
        hall.store,
        await hall.person(PHONE),
        PASSWORD,
        known="",
        device="",
        at=hall.at,
    )
    assert session is not None
    with pytest.raises(Refused):
        await send_code(hall.store, session, at=hall.at)
    code = accounts.code_hash(hall.store.keyring, person.id, "482613")
    async with hall.store.transaction() as tx:
        await accounts.put_code(
            tx,
            person.id,
            code,
            at=hall.at,
            expires_at=hall.at + timedelta(minutes=5),
            resting=hall.at,
        )
    assert not await confirm(hall.store, session, "482613", device="", at=hall.at)


async def test_a_new_invitation_and_a_sign_out_end_tokens_and_PIN(  # noqa: N802
    hall: Hall,
) -> None:
    person = await hall.person(PHONE)

    async def has() -> str:
        async with hall.store.transaction() as tx:
            await accounts.ensure(tx, person.id, hall.at)
            await accounts.set_pin(tx, person.id, b"pin")
        made = await make_token(
            hall.store, person, name="x", scopes=["cases:read"], days=9, at=hall.at
        )
        return made.secret

    async def is_left(secret: str) -> bool:
        pins = await hall.one("SELECT count(pin_hash) FROM account")
        return bool(pins) or await bearer_of(hall.store, secret, hall.at) is not None

    secret = await has()
    assert await is_left(secret)
    await hall.join(PHONE)
    assert not await is_left(secret)
    secret = await has()
    await end_all(hall.store, person, at=hall.at)
    assert not await is_left(secret)


@pytest.mark.parametrize("keeps", [True, False])
async def test_another_password_ends_tokens_unless_she_keeps_them(
    hall: Hall, keeps: bool
) -> None:
    browser = hall.browser()
    await hall.join(PARTNER, browser)
    made = await make_token(
        hall.store,
        await hall.person(PARTNER),
        name="x",
        scopes=["cases:read"],
        days=9,
        at=hall.at,
    )
    new = "seven lamps in a long hall"
    fields = {"old": PASSWORD, "new": new, "again": new}
    if keeps:
        fields["keep_tokens"] = "yes"
    await browser.get("/room/me")
    assert await browser.post("/room/me/password", **fields) == 200
    held = await bearer_of(hall.store, made.secret, hall.at)
    assert (held is not None) is keeps


async def test_a_token_is_made_with_the_password(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(PARTNER, browser)
    fields = {"name": "x", "scope": "cases:read", "days": "9"}
    await browser.get("/room/me/tokens")
    assert await browser.post("/room/me/tokens", **fields) == 400
    assert await browser.post("/room/me/tokens", old="wrong wrong", **fields) == 400
    assert await hall.one("SELECT count(*) FROM api_token") == 0
    assert await browser.post("/room/me/tokens", old=PASSWORD, **fields) == 200
    assert await hall.one("SELECT count(*) FROM api_token") == 1


async def test_a_network_that_guesses_is_stopped_and_others_are_not(
    hall: Hall,
) -> None:
    guesser = hall.browser("198.51.100.9")
    statuses = [await guesser.sign_in(f"a{n}@b.example") for n in range(31)]
    assert statuses == [403] * 30 + [429]
    assert await hall.browser("203.0.113.9").sign_in("a@b.example") == 403


async def test_a_code_of_an_authenticator_works_once_even_at_once(hall: Hall) -> None:
    key = await hall.join(PARTNER)
    hall.wait(seconds=31)
    halves: list[Browser] = []
    for _ in range(4):
        browser = hall.browser()
        await browser.sign_in(PARTNER)
        halves.append(browser)
    code = hall.code(key)
    whole = await asyncio.gather(
        *(confirm(hall.store, b.cookie, code, device="", at=hall.at) for b in halves)
    )
    assert sum(cookie is not None for cookie in whole) == 1
    # Nor does the one before it, once a later one was used.
    late = hall.browser()
    await late.sign_in(PARTNER)
    earlier = hall.at - timedelta(seconds=30)
    assert await late.post("/in/second", code=pyotp.TOTP(key).at(earlier)) == 403


async def test_five_wrong_codes_ask_for_the_password_again(hall: Hall) -> None:
    await hall.join(PARTNER)
    hall.wait(seconds=31)
    browser = hall.browser()
    await browser.sign_in(PARTNER)
    for _ in range(5):
        hall.wait(seconds=1)
        await browser.post("/in/second", code="000000")
    assert browser.path == "/in"
    kinds = await hall.store.pool.fetch("SELECT kind FROM sign_in")
    assert [row["kind"] for row in kinds].count("wrong_code") == 5


async def test_the_cookie_changes_at_each_step_and_the_old_one_is_worth_nothing(
    hall: Hall,
) -> None:
    browser = hall.browser()
    key = await hall.join(PARTNER, browser)
    cookies = {browser.cookie}
    hall.wait(seconds=31)
    other = hall.browser()
    other.client.cookies.set(
        "__Host-room", "planted-by-somebody", domain="hotline.example"
    )
    await other.sign_in(PARTNER)
    half = other.cookie
    assert half not in {"planted-by-somebody", *cookies}
    assert await sitting_of(hall.store, half, hall.at) is not None
    assert not (await other.get("/room/me") == 200 and other.path == "/room/me")
    await other.post("/in/second", code=hall.code(key), to="/room/me")
    assert other.cookie != half
    assert await sitting_of(hall.store, half, hall.at) is None
    assert await sitting_of(hall.store, "planted-by-somebody", hall.at) is None
    kept = await hall.store.pool.fetch("SELECT tag FROM room_session")
    assert other.cookie.encode() not in {row["tag"] for row in kept}


async def test_the_cookie_is_for_this_host_alone_and_no_script(hall: Hall) -> None:
    await hall.join(PARTNER)
    browser = hall.browser()
    await browser.get("/in")
    hall.wait(seconds=31)
    answer = await browser.client.post(
        "/in",
        data={"who": PARTNER, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-room=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in said
    assert "domain" not in said.lower()


async def test_a_role_that_ended_is_out_at_the_next_request(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(MEMBER, browser)
    assert await browser.get("/room/me") == 200
    ended = (hall.at - timedelta(days=1)).date().isoformat()
    row = (MEMBER, "X", "committee", GAZIPUR, "worker", "", "en", "2025-01-01", ended)
    await import_people(hall.store, [row])
    await browser.get("/room/me")
    assert browser.path == "/in"
    # And with the right password nobody comes in.
    assert await browser.sign_in(MEMBER) == 403


async def test_another_role_is_signed_in_to_anew(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(MEMBER, browser)
    row = (MEMBER, "X", "admin", "", "", "", "en", "2025-01-01", "")
    await import_people(hall.store, [row])
    await browser.get("/room/me")
    assert browser.path == "/in"


@pytest.mark.parametrize(
    ("who", "idle", "longest"),
    [
        pytest.param(MEMBER, timedelta(hours=12), timedelta(days=14), id="committee"),
        pytest.param(PARTNER, timedelta(hours=2), timedelta(hours=24), id="partner"),
    ],
)
async def test_a_session_ends_by_idling_and_by_age(
    hall: Hall, who: str, idle: timedelta, longest: timedelta
) -> None:
    browser = hall.browser()
    await hall.join(who, browser)
    begun, cookie = hall.at, browser.cookie
    while hall.at - begun + idle - timedelta(minutes=2) < longest:
        hall.at += idle - timedelta(minutes=2)
        assert await sitting_of(hall.store, cookie, hall.at) is not None
    assert await sitting_of(hall.store, cookie, begun + longest) is None

    hall.at = begun + longest
    other = hall.browser()
    await hall.come_in(who, await _key_of(hall, who), other)
    hall.at += idle
    assert await sitting_of(hall.store, other.cookie, hall.at) is None


async def _key_of(hall: Hall, who: str) -> str:
    person = await hall.person(who)
    sealed = await hall.one(
        "SELECT totp_sealed FROM account WHERE person_id = $1", person.id
    )
    return hall.store.keyring.open(sealed, f"account|totp|{person.id}").decode()


async def test_sessions_are_listed_and_ended_from_elsewhere(hall: Hall) -> None:
    first = hall.browser()
    key = await hall.join(MEMBER, first)
    second = hall.browser(agent="Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537")
    await hall.come_in(MEMBER, key, second)
    await first.get("/room/me")
    assert "Chrome, Windows" in first.html
    ends = re.search(r"/room/me/sessions/([0-9a-f-]{36})/end", first.html)
    assert ends is not None
    await first.post(ends[0])
    await second.get("/room/me")
    assert second.path == "/in"

    third = hall.browser()
    await hall.come_in(MEMBER, key, third)
    await third.post("/room/me/sessions/end")
    await first.get("/room/me")
    assert first.path == "/in"
    await third.get("/room/me")
    assert third.path == "/room/me"


async def test_nobody_ends_a_session_of_somebody_else(hall: Hall) -> None:
    mine, theirs = hall.browser(), hall.browser()
    await hall.join(MEMBER, mine)
    await hall.join(PARTNER, theirs)
    sitting = await sitting_of(hall.store, theirs.cookie, hall.at)
    assert sitting is not None
    assert await mine.post(f"/room/me/sessions/{sitting.id}/end") == 404
    assert await sitting_of(hall.store, theirs.cookie, hall.at) is not None


async def test_a_password_is_changed_with_the_old_one_and_ends_other_sessions(
    hall: Hall,
) -> None:
    first, second = hall.browser(), hall.browser()
    key = await hall.join(MEMBER, first)
    await hall.come_in(MEMBER, key, second)
    new = "seven lamps in a long hall"
    fields = {"new": new, "again": new}
    assert await first.get("/room/me") == 200
    assert await first.post("/room/me/password", old="not it at all", **fields) == 400
    assert await first.post("/room/me/password", old=PASSWORD, **fields) == 200
    await second.get("/room/me")
    assert second.path == "/in"
    assert await second.sign_in(MEMBER) == 403
    await hall.come_in_with(second, MEMBER, new)
    assert second.path == "/in/second"


async def test_the_second_factor_is_made_anew_with_the_password(hall: Hall) -> None:
    browser = hall.browser()
    old = await hall.join(PARTNER, browser)
    hall.wait(seconds=31)
    await browser.get("/in/second")
    assert browser.path != "/in/second"  # nothing is offered unasked
    await browser.get("/room/me")
    assert await browser.post("/room/me/second", old="wrong wrong wrong") == 400
    await browser.post("/room/me/second", old=PASSWORD)
    assert browser.path == "/in/second"
    new = await hall.set_up(browser)
    assert new != old
    other = hall.browser()
    hall.wait(seconds=61)
    await other.sign_in(PARTNER)
    assert await other.post("/in/second", code=hall.code(old)) == 403
    await other.post("/in/second", code=hall.code(new), to="/room/me")
    assert other.path == "/room/me"


async def test_an_unfinished_way_in_is_not_finished_by_the_password_alone(
    hall: Hall,
) -> None:
    browser = hall.browser()
    invited = await hall.invite(PARTNER)
    await browser.get(f"/in/join?k={invited.secret}")
    fields = {"k": invited.secret, "password": PASSWORD, "again": PASSWORD}
    await browser.post("/in/join", **fields)
    hall.wait(hours=80)
    assert await hall.browser().sign_in(PARTNER) == 409


async def test_a_pin_for_working_by_text(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(PHONE, browser)
    await browser.get("/room/me")
    assert await browser.post("/room/me/pin", pin="123456") == 400
    for weak in ("4826", GAZIPUR):  # too short; the digits of a poster
        await browser.get("/room/me")
        assert await browser.post("/room/me/pin", pin=weak) == 400
    await browser.get("/room/me")
    assert await browser.post("/room/me/pin", pin="482613") == 200
    kept = await hall.one("SELECT pin_hash FROM account WHERE pin_hash IS NOT NULL")
    person = await hall.person(PHONE)
    assert kept == hall.store.keyring.pin_hash(f"person|{person.id}", "482613")
    await browser.post("/room/me/pin", pin="", drop="yes")
    assert await hall.one("SELECT count(pin_hash) FROM account") == 0


async def test_who_signed_out_is_out(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(PARTNER, browser)
    cookie = browser.cookie
    await browser.get("/room/me")
    await browser.post("/in/out")
    assert browser.path == "/in"
    assert not browser.cookie
    assert await sitting_of(hall.store, cookie, hall.at) is None


async def test_the_programme_ends_all_sessions_of_somebody(hall: Hall) -> None:
    browser = hall.browser()
    await hall.join(PARTNER, browser)
    assert await end_all(hall.store, await hall.person(PARTNER), at=hall.at) == 1
    assert await sitting_of(hall.store, browser.cookie, hall.at) is None


async def test_only_a_demo_seats_somebody_without_factors(hall: Hall) -> None:
    person = await hall.person(PARTNER)
    with pytest.raises(Refused):
        await seat_in_demo(hall.store, person, hall.at)
    await found(hall.store, as_demo=True, at=hall.at)
    secret = await seat_in_demo(hall.store, person, hall.at)
    sitting = await sitting_of(hall.store, secret, hall.at)
    assert sitting is not None
    assert sitting.is_whole


async def test_nobody_is_invited_who_does_not_serve(hall: Hall) -> None:
    row = (HEAD, "H", "factory_head", GAZIPUR, "", "", "en", "2025-01-01", "2026-01-01")
    await import_people(hall.store, [row])
    with pytest.raises(Refused):
        await hall.invite(HEAD)
    assert (await hall.person(HEAD)).until == date(2026, 1, 1)
