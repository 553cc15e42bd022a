"""history.csv: what stands in each cell, what blank means, what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from app.directory_files.history import Logged, Remedied, When, read_history
from app.directory_files.problems import ImportRefused
from app.directory_files.record import Known
from app.domain.remedies import Kind
from tests.builders import GAZIPUR, PROGRAMME

TODAY = date(2026, 12, 1)
OS_ID = "BD2020083A1B2C3"
_SITE = replace(PROGRAMME.sites[GAZIPUR], os_id=OS_ID)
DIRECTORY = replace(PROGRAMME, sites={**PROGRAMME.sites, GAZIPUR: _SITE})
KNOWN = Known(DIRECTORY, (), TODAY, Random(1))
LEAST: Mapping[str, str] = {
    "ref": "17",
    "received": "2019",
    "site": "",
    "country": "",
    "category": "",
    "outcome": "resolved",
}


def table(*rows: Mapping[str, str]) -> bytes:
    """Return a file with these rows; every column of any of them is there."""
    columns = list(dict.fromkeys(name for row in ({**LEAST}, *rows) for name in row))
    lines = [",".join(columns)]
    lines += [",".join({**LEAST, **row}.get(c, "") for c in columns) for row in rows]
    return "\n".join(lines).encode()


def read(**cells: str) -> Logged:
    (one,) = read_history(table(cells), KNOWN)
    return one


def refused(*rows: Mapping[str, str]) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        read_history(table(*rows), KNOWN)
    return [str(problem) for problem in refusal.value.problems]


def test_a_row_of_which_hardly_anything_was_recorded_stays_blank() -> None:
    assert read() == Logged(
        row=2,
        source="",
        ref="17",
        when=When(date(2019, 1, 1), is_of_year=True),
        site="",
        country="",
        category="",
        severity="",
        route="committee",
        channel="",
        language="",
        filer="",
        outcome="resolved",
        confirmed=None,
        resolved_on=None,
        rung="",
        affected=1,
        remedy=None,
    )


def test_a_row_of_which_everything_was_recorded_says_so() -> None:
    cells = {
        "source": "Tiruppur 2019",
        "received": "2019-04-30",
        "site": GAZIPUR,
        "country": "bd",
        "category": "wage",
        "severity": "s2",
        "route": "partner",
        "channel": "letter",
        "language": "bn",
        "filer": "union",
        "confirmed": "yes",
        "resolved_on": "2019-05-07",
        "escalated_to": "brand",
        "affected": "41",
        "remedy_kind": "back_pay",
        "beneficiaries": "41",
        "amount": "98400.50",
        "currency": "bdt",
    }
    one = read(**cells)
    assert one == Logged(
        row=2,
        source="Tiruppur 2019",
        ref="17",
        when=When(date(2019, 4, 30), is_exact=True),
        site=GAZIPUR,
        country="BD",
        category="WAGE",
        severity="S2",
        route="partner",
        channel="letter",
        language="bn",
        filer="union",
        outcome="resolved",
        confirmed=True,
        resolved_on=date(2019, 5, 7),
        rung="brand",
        affected=41,
        remedy=Remedied(Kind.BACK_PAY, 41, Decimal("98400.50"), "BDT"),
    )


@pytest.mark.parametrize(
    ("text", "when"),
    [
        pytest.param("2019-04-30", When(date(2019, 4, 30), is_exact=True), id="day"),
        pytest.param("2019-04", When(date(2019, 4, 1)), id="month"),
        pytest.param("2019-Q3", When(date(2019, 7, 1)), id="quarter"),
        pytest.param("2019-q4", When(date(2019, 10, 1)), id="small-letter"),
        pytest.param("2019", When(date(2019, 1, 1), is_of_year=True), id="year"),
    ],
)
def test_when_it_came_is_known_as_far_as_it_was_written(text: str, when: When) -> None:
    assert read(received=text).when == when


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        pytest.param(
            {"received": "30.04.2019"},
            "received: this value is no date: write 2019-04-30, 2019-04, 2019-Q2"
            " or 2019",
            id="a-date-of-another-form",
        ),
        pytest.param(
            {"received": "2019-02-30"},
            "received: this value is no date: write 2019-04-30, 2019-04, 2019-Q2"
            " or 2019",
            id="a-day-that-never-was",
        ),
        pytest.param(
            {"received": "2027"}, "received: this day is still to come", id="to-come"
        ),
        pytest.param(
            {"received": ""}, "received: this cell must not be blank", id="no"
        ),
        pytest.param({"ref": ""}, "ref: this cell must not be blank", id="no-ref"),
        pytest.param(
            {"site": "999999"},
            "site: '999999' is no site of the programme: write its code or OS ID, or"
            " its name as former_site",
            id="a-site-that-nobody-knows",
        ),
        pytest.param(
            {"site": GAZIPUR, "country": "IN"},
            "country: the site is in BD: write that, or leave it blank",
            id="a-site-of-another-country",
        ),
        pytest.param(
            {"site": GAZIPUR, "former_site": "Old mill"},
            "former_site: write one of site and former_site, and leave the other blank",
            id="two-sites",
        ),
        pytest.param(
            {"category": "SALARY"},
            "category: write one of: WAGE, HOUR, SOCS, MATC, GBVH, ABUS, CHLD, FORC,"
            " OSHS, WASH, TERM, FOAS, DISC, DORM, RETA, CRIS, INFO, OTHR; or leave it"
            " blank",
            id="a-category-of-theirs",
        ),
        pytest.param(
            {"outcome": "solved"},
            "outcome: write one of: resolved, confirmed, declared, in_remediation,"
            " referred, withdrawn, unfounded, no_contact, open, struck",
            id="an-outcome-of-theirs",
        ),
        pytest.param(
            {"outcome": "open", "confirmed": "yes"},
            "confirmed: leave it blank: the complaint was not resolved",
            id="confirmed-and-open",
        ),
        pytest.param(
            {"outcome": "declared", "confirmed": "yes"},
            "confirmed: then its outcome is confirmed: mend one of both",
            id="confirmed-and-declared",
        ),
        pytest.param(
            {"received": "2019-04-30", "resolved_on": "2019-04-29"},
            "resolved_on: this day is before the one on which it came",
            id="resolved-before",
        ),
        pytest.param(
            {"affected": "0"},
            "affected: write a whole number from 1 up, digits only",
            id="nobody",
        ),
        pytest.param(
            {"remedy_kind": "repair", "amount": "5", "currency": "INR"},
            "amount: Only of back pay an amount is said: leave it out.",
            id="money-of-a-repair",
        ),
        pytest.param(
            {"remedy_kind": "back_pay", "amount": "5"},
            "amount: Give the currency by its three letters, such as BDT or INR.",
            id="money-of-no-currency",
        ),
        pytest.param(
            {"beneficiaries": "5"},
            "remedy_kind: say what was put right, or leave the rest blank",
            id="helped-by-nothing",
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    cells: Mapping[str, str], problem: str
) -> None:
    assert refused(cells) == [f"row 2, {problem}"]


def test_every_row_that_is_wrong_is_said_at_once() -> None:
    wrong = refused({"ref": "1", "outcome": "?"}, {"ref": "2", "country": "XX"})
    assert [line.split(",")[0] for line in wrong] == ["row 2", "row 3"]


def test_two_rows_of_one_source_are_not_called_alike() -> None:
    assert refused({"ref": "1"}, {"ref": "1"}) == [
        "row 3, ref: row 2 is about the same: keep one of the two"
    ]
    two = table({"ref": "1", "source": "a"}, {"ref": "1", "source": "b"})
    assert len(read_history(two, KNOWN)) == 2


def test_a_site_may_be_named_by_its_os_id_or_as_one_that_is_gone() -> None:
    assert read(site=OS_ID).site == GAZIPUR
    assert read(former_site="Old mill", country="IN").site == "~Old mill"


def test_a_severity_that_was_not_recorded_is_the_policys_for_the_category() -> None:
    assert read(category="WAGE").severity == "S3"
    assert read(category="").severity == ""


def test_unknown_columns_are_named_once_with_those_that_are_known() -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_history(table({"colour": "red", "mood": "x"}), KNOWN)
    (problem,) = refusal.value.problems
    assert problem.advice.startswith(
        "unknown columns 'colour', 'mood'. Known are: ref, received, site, country,"
    )
    assert "(" not in problem.advice


def test_a_row_that_is_too_short_hides_no_other_mistake() -> None:
    content = table({"ref": "1"}, {"ref": "2", "outcome": "?"}, {"ref": "3"})
    lines = content.decode().splitlines()
    lines[1] = "1,2019"
    with pytest.raises(ImportRefused) as refusal:
        read_history("\n".join(lines).encode(), KNOWN)
    first, second = (str(problem) for problem in refusal.value.problems)
    assert first.startswith("row 2: has 2 cells where the header has 6")
    assert second.startswith("row 3, outcome")
