"""What people.csv says of a committee's members, and the rules that it must keep."""

import pytest

from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.taxonomy import Route
from app.store.engine import Store
from tests.directory.files import (
    AT,
    FACTORY,
    HEADERS,
    PEOPLE,
    as_file,
    import_programme,
)

MORE = ",sex,alternate,external,chair"
DAY = AT.date()


def people(*rows: str, more: str = MORE) -> bytes:
    blank = "," * MORE.count(",") if more else ""
    lines = [HEADERS[Kind.PEOPLE] + more, *(row + blank for row in PEOPLE), *rows]
    return "\n".join(lines).encode()


def member(name: str, offices: str) -> str:
    mail = f"{name}@turag.example"
    return f"{mail},{name},committee,{FACTORY},worker,,bn,,,{offices}"


async def test_offices_are_imported_and_read_back(store: Store) -> None:
    await import_programme(store)
    content = people(member("rina", "f,,yes,yes"), member("alt", "m,yes,no,"))
    await import_directory(store, Kind.PEOPLE, content, at=AT)
    directory = await store.directory()
    (rina,) = directory.members(Route.COMMITTEE, FACTORY, DAY)
    assert (rina.sex, rina.is_external, rina.chairs) == ("f", True, True)
    (alt,) = directory.alternates(Route.COMMITTEE, FACTORY, DAY)
    assert (alt.sex, alt.is_alternate, alt.chairs) == ("m", True, False)


async def test_a_file_without_the_columns_leaves_them_as_they_are(store: Store) -> None:
    await import_programme(store)
    with_them = people(member("rina", "f,,,yes"))
    await import_directory(store, Kind.PEOPLE, with_them, at=AT)
    bare = f"rina@turag.example,rina,committee,{FACTORY},worker,,bn,,"
    content = people(bare, more="")
    done = await import_directory(store, Kind.PEOPLE, content, at=AT)
    assert done.changed == 0
    (rina,) = (await store.directory()).members(Route.COMMITTEE, FACTORY, DAY)
    assert (rina.sex, rina.chairs) == ("f", True)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(member("a", "x,,,"), "sex: write one of: f, m", id="no-sex"),
        pytest.param(member("a", "f,maybe,,"), "alternate: write yes", id="perhaps"),
        pytest.param(member("a", "f,yes,,yes"), "chair: an alternate", id="both"),
        pytest.param(
            f"h@turag.example,H,factory_head,{FACTORY},,,bn,,,f,,,yes",
            "chair: only a member",
            id="a-head-chairs-nothing",
        ),
    ],
)
async def test_offices_that_cannot_be(store: Store, row: str, said: str) -> None:
    await import_programme(store)
    with pytest.raises(ImportRefused) as refused:
        await import_directory(store, Kind.PEOPLE, people(row), at=AT)
    assert any(said in str(problem) for problem in refused.value.problems)


async def test_rules_are_imported_and_the_law_stands_beside_them(store: Store) -> None:
    await import_programme(store)
    row = "Bangladesh,committee,6,3,30,4,workers_not_fewer,the programme"
    content = as_file(Kind.COMMITTEES, row)
    done = await import_directory(store, Kind.COMMITTEES, content, at=AT)
    assert done.added == 1
    directory = await store.directory()
    rule = directory.committee_rule(Route.COMMITTEE, FACTORY)
    assert rule is not None
    assert (rule.scope, rule.fewest, rule.quorum) == ("BD", 6, 4)
    assert (rule.women_percent, rule.parity) == (30, "workers_not_fewer")
    law = directory.committee_law(Route.COMMITTEE, FACTORY)
    assert law is not None
    assert law.title == "Participation Committee"
    again = await import_directory(store, Kind.COMMITTEES, content, at=AT)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
