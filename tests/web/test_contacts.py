"""A form is a contact: one that opens a case, and one that only tries the line."""

from tests.store.test_contacts import counted
from tests.web.conftest import World
from tests.web.test_complaint import complained, told


async def test_a_form_that_opens_a_case_is_one_contact(world: World) -> None:
    visit, _, _ = await complained(world)
    await visit.again()
    assert await counted(world.store) == {"case": 1}


async def test_a_form_that_tries_the_line_is_a_test(world: World) -> None:
    await told(world, "test")
    assert await counted(world.store) == {"test": 1}
