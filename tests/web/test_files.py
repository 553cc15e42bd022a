"""What is sent along: kept without what it told, opened by the partner alone."""

import io
import re
from typing import Any

import pytest
from PIL import Image

from app.actions.forget import forget
from app.actions.open_files import open_files
from app.channels.web.wire import AT_ONCE
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import Role
from app.store.ledger import verify
from tests.stories.programme import GAZIPUR
from tests.web.conftest import World, the_door
from tests.web.reader import File
from tests.web.test_complaint import WORDS, told
from tests.web.test_following import somebody


def photo(colour: str = "red", secret: str = "GPS 23.99") -> File:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = secret
    Image.new("RGB", (64, 48), colour).save(made, "JPEG", exif=exif, comment=secret)
    return ("IMG_0001.jpg", made.getvalue(), "image/jpeg")


async def sent_along(world: World, *files: File, words: str = WORDS) -> Any:
    visit = await world.visit(**{"Accept-Language": "en"}).get(f"/s/{GAZIPUR}?l=en")
    return await visit.send(words=words, files=files)


async def test_a_photo_is_kept_without_its_place_and_the_partner_is_told(
    world: World,
) -> None:
    original = photo()
    assert b"GPS 23.99" in original[1]
    visit = await sent_along(world, original)
    assert "safe now" in visit.text
    partner = await somebody(world, Role.PARTNER)
    number = await world.one("SELECT number FROM cases")
    (opened,) = await open_files(
        world.store, number, by=partner, reason="to look", at=world.at, through="test"
    )
    assert opened.content is not None
    assert b"GPS" not in opened.content
    assert Image.open(io.BytesIO(opened.content)).size == (64, 48)
    stored = await world.one("SELECT content FROM attachment")
    assert b"JFIF" not in stored
    owed = await world.store.pool.fetch(
        "SELECT recipient_key FROM outbox WHERE template = 'file_new'"
    )
    day = world.at.date()
    partners = (await world.store.directory()).partners_for(GAZIPUR, "BD", day)
    told_to = {row["recipient_key"] for row in owed}
    assert told_to == {str(each.id) for each in partners}
    assert (await verify(world.store)).problems == []


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.ADMIN, Role.FACTORY_HEAD])
async def test_nobody_but_the_partner_opens_it(world: World, role: Role) -> None:
    await sent_along(world, photo())
    number = await world.one("SELECT number FROM cases")
    directory = await world.store.directory()
    by = next(p for p in directory.people if p.role is role)
    with pytest.raises(NotFound):
        await open_files(
            world.store, number, by=by, reason="x", at=world.at, through="test"
        )
    with pytest.raises(Refused):
        await open_files(
            world.store, number, by=by, reason=" ", at=world.at, through="test"
        )


async def test_a_bad_file_says_why_and_keeps_the_rest(world: World) -> None:
    page = ("holiday.jpg", b"<html><script>alert(1)</script>", "image/jpeg")
    film = ("clip.mp4", b"\x00" * 40, "video/mp4")
    visit = await sent_along(world, photo(), page, film)
    assert "no photo, voice or PDF" in visit.text
    assert await world.one("SELECT count(*) FROM attachment") == 1
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 1


async def test_more_than_five_are_said_to_be_too_many(world: World) -> None:
    colours = ("red", "green", "blue", "white", "black", "grey")
    visit = await sent_along(world, *map(photo, colours))
    assert "5 files only" in visit.text
    assert await world.one("SELECT count(*) FROM attachment") == 5


async def test_a_file_over_ten_megabytes_is_refused_by_itself(world: World) -> None:
    large = ("large.jpg", b"\xff\xd8" + b"0" * (10 * 1024 * 1024), "image/jpeg")
    visit = await sent_along(world, large, photo())
    assert "larger than 10 MB" in visit.text
    assert await world.one("SELECT count(*) FROM attachment") == 1


async def test_a_film_of_sixty_megabytes_keeps_the_words_beside_it(
    world: World,
) -> None:
    large = ("large.mp4", b"\x00" * (60 * 1024 * 1024), "video/mp4")
    visit = await sent_along(world, large, photo())
    assert "larger than 10 MB" in visit.text
    assert await world.one("SELECT count(*) FROM message WHERE direction = 'in'") == 1
    assert await world.one("SELECT count(*) FROM attachment") == 1


async def test_what_nobody_reads_is_answered_with_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.channels.web.wire.MOST_READ", 1024 * 1024)
    visit = await sent_along(world, ("a", b"0" * 2 * 1024 * 1024, "image/jpeg"))
    assert visit.status == 413
    assert "fewer or smaller files" in visit.text


async def test_forty_pictures_are_too_many_and_the_words_are_kept(
    world: World,
) -> None:
    visit = await sent_along(world, *[photo("red", str(n)) for n in range(45)])
    assert "5 files only" in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_a_file_alone_that_nobody_can_look_at_is_no_case(world: World) -> None:
    visit = await sent_along(world, ("x.heic", b"\0" * 500, "image/heic"), words="")
    assert "no photo, voice or PDF" in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 0
    await visit.send(words=WORDS)
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_after_a_refusal_another_file_may_be_sent_on_the_next_page(
    world: World,
) -> None:
    visit = await sent_along(world, ("x.doc", b"\0" * 500, "application/msword"))
    form = visit.form("next")
    assert "files" in form.names
    await visit.send("next", answer="no", files=(photo(),))
    assert await world.one("SELECT count(*) FROM attachment") == 1
    assert "files" not in visit.form("next").names


async def test_a_case_is_full_at_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.attachments.MOST_OF_A_CASE", 1)
    visit = await sent_along(world, photo(), photo("blue"))
    assert "as many files here as we can keep" in visit.text
    assert await world.one("SELECT count(*) FROM attachment") == 1


async def test_files_never_touch_the_disk_and_their_room_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rolled(_self: Any) -> None:
        raise AssertionError("a file went to the disk")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", rolled)
    large = ("large.jpg", b"\xff\xd8" + b"0" * (9 * 1024 * 1024), "image/jpeg")
    await sent_along(world, large, large)
    door = the_door(world)
    assert door.room.left == AT_ONCE


async def test_where_there_is_no_room_the_words_are_kept_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.channels.web.wire.Seat.take", lambda *_: False)
    visit = await sent_along(world, photo())
    assert "could not look at one file" in visit.text
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_sent_twice_it_is_kept_once(world: World) -> None:
    visit = await sent_along(world, photo())
    await visit.again(0)
    assert await world.one("SELECT count(*) FROM attachment") == 1
    assert await world.one("SELECT count(*) FROM cases") == 1


async def test_a_photo_alone_is_a_case(world: World) -> None:
    visit = await sent_along(world, photo(), words="")
    assert "safe now" in visit.text
    assert await world.one("SELECT count(*) FROM attachment") == 1


async def test_an_altered_or_removed_file_is_seen(world: World) -> None:
    await sent_along(world, photo(), photo("blue"))
    ids = await world.store.pool.fetch("SELECT id FROM attachment ORDER BY id")
    await world.store.pool.execute(
        "UPDATE attachment SET content = (SELECT content FROM attachment WHERE id = $1)"
        " WHERE id = $2",
        ids[0]["id"],
        ids[1]["id"],
    )
    (problem,) = (await verify(world.store)).problems
    assert re.fullmatch(
        r"case \d{8}: what was sent along is not what was kept", problem
    )
    await world.store.pool.execute("DELETE FROM attachment")
    assert len((await verify(world.store)).problems) == 1


async def test_a_forgotten_case_has_no_files_left(world: World) -> None:
    await sent_along(world, photo())
    number = await world.one("SELECT number FROM cases")
    await world.store.pool.execute(
        "UPDATE cases SET state = 'closed_declared', closed_at = $1", world.at
    )
    directory = await world.store.directory()
    admin = next(p for p in directory.people if p.role is Role.ADMIN)
    await forget(world.store, number, by=admin, at=world.at, through="test")
    assert await world.one("SELECT content FROM attachment") is None
    assert await world.one("SELECT count(*) FROM page") == 0


async def test_nothing_serves_a_file_over_http(world: World) -> None:
    await sent_along(world, photo())
    file_id = await world.one("SELECT id FROM attachment")
    for path in (f"/files/{file_id}", f"/attachment/{file_id}", f"/talk/{file_id}"):
        assert (await world.visit().get(path)).status == 404


async def test_words_come_first_whatever_becomes_of_the_files(world: World) -> None:
    visit = await told(world, path=f"/s/{GAZIPUR}?l=en")
    assert await world.one("SELECT count(*) FROM cases") == 1
    assert visit.status == 200
