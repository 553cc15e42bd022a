"""The cells of a release: what is said of whom, and what never is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from app.domain.ladder import Rung
from app.domain.taxonomy import Category, Route
from app.statistics.definitions import FIGURES
from app.statistics.model import (
    SENSITIVE,
    SMALLEST_UNIT,
    CaseFacts,
    Cell,
    Kept,
    Outcome,
    Stage,
    StageTime,
    Told,
)
from app.statistics.release import Before, Exact, build, by_key
from app.store.figures.reading import Contacts, Indicator, RemedySum
from tests.statistics.histories import (
    Ground,
    from_paper,
    ground,
    some_cases,
)
from tests.statistics.summing import closed_until, exact, sums

K = 10
ON = ground(8, days=700)
AT = datetime(2026, 1, 2, tzinfo=UTC)


def cells(
    history: list[CaseFacts], on: Ground = ON, k: int = K
) -> dict[tuple[str, ...], Cell]:
    return dict(by_key(build(exact(history, on.sites), k)))


def of_year(told: Mapping[tuple[str, ...], Cell]) -> dict[str, Cell]:
    return {key[3]: cell for key, cell in told.items() if key[:3] == ("2025", "", "")}


def a_complaint(number: int, **told: object) -> CaseFacts:
    facts = CaseFacts(
        id=UUID(int=number),
        received_on=date(2025, 5, 1 + number % 28),
        site=ON.sites[number % 3].code,
        country=ON.sites[number % 3].country,
        category=Category.WAGE,
        severity="S3",
        route=Route.COMMITTEE.value,
        channel="sms",
        language="bn",
        filer="worker",
        outcome=Outcome.CONFIRMED,
    )
    return replace(facts, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
def test_no_count_of_few_is_ever_told(seed: int) -> None:
    counts = {f.id for f in FIGURES.values() if f.way == "sum"} - {"people_affected"}
    for cell in build(exact(some_cases(seed, 300, ON), ON.sites), K):
        if cell.figure in counts and cell.number is not None:
            assert cell.number == 0 or cell.number >= K, cell


def test_a_small_site_and_one_of_unknown_size_are_never_told() -> None:
    told = cells(some_cases(1, 4000, ON))
    small = [
        one.code
        for one in ON.sites
        if one.workers is None or one.workers < SMALLEST_UNIT
    ]
    assert len(small) == 2
    for code in small:
        of_it = [cell for key, cell in told.items() if key[1:3] == ("site", code)]
        assert [cell.told for cell in of_it if cell.figure == "complaints"] == [
            Told.WITHHELD,
            Told.WITHHELD,
        ]
        assert all(cell.number is None for cell in of_it)


def test_what_is_sensitive_is_told_by_country_and_quarter_alone() -> None:
    """However many sensitive complaints a site has, its figures do not change."""
    plain = [a_complaint(n) for n in range(60)]
    graves = [
        a_complaint(100 + n, category=one, route=Route.PARTNER.value)
        for n, one in enumerate(sorted(SENSITIVE) * 9)
    ]
    without, having = cells(plain), cells(plain + graves)
    for by in ("site", "region", "kind", "tier"):
        mine = {
            key: cell.number
            for key, cell in having.items()
            if key[1] == by and cell.figure == "complaints"
        }
        assert (
            mine.items()
            >= {
                key: cell.number
                for key, cell in without.items()
                if key[1] == by
                and cell.figure == "complaints"
                and cell.number is not None
            }.items()
        )
    grave = [key for key, cell in having.items() if key[3] == "sensitive_complaints"]
    assert {key[1] for key in grave} == {"country"}


def test_the_running_quarter_is_never_told() -> None:
    history = some_cases(1, 600, ON)
    known = Exact(sums=sums(history), closed=closed_until("2025-Q3"))
    periods = {cell.period for cell in build(known, K)}
    assert periods == {"2025-Q1", "2025-Q2", "2025-Q3"}


def test_a_year_of_paper_says_what_its_records_do_not() -> None:
    """83 of 83, and nobody wrote down whether the workers confirmed."""
    history = [
        from_paper(
            a_complaint(n, received_on=date(2025, 1, 1), site=f"~factory {n % 13}"),
            is_of_year=True,
        )
        for n in range(83)
    ]
    told = cells(history)

    def said(figure: str) -> tuple[float | None, Told]:
        cell = told["2025", "", "", figure]
        assert cell.has_history
        return cell.number, cell.told

    assert said("complaints") == (83, Told.EXACT)
    assert said("resolved") == (83, Told.EXACT)
    assert said("not_resolved") == (0, Told.EXACT)
    assert said("resolution_rate") == (100.0, Told.EXACT)
    assert said("confirmation_unrecorded") == (83, Told.EXACT)
    for figure in ("confirmed", "declared", "reopened", "resolve_late", "paused_share"):
        assert said(figure) == (None, Told.UNRECORDED)
    assert told["2025", "", "", "active_sites"].number == 13
    assert told["2025-Q1", "", "", "complaints"].number == 0


def test_what_is_sensitive_and_from_paper_says_so_in_its_quarter_alone() -> None:
    """A quarter has the mark of its own complaints, not that of its year."""
    graves = [
        a_complaint(
            n,
            category=Category.GBVH,
            country="IN",
            route=Route.PARTNER.value,
            received_on=date(2025, 2 if n < 20 else 8, 1),
            is_history=n < 20,
        )
        for n in range(40)
    ]
    told = cells([*graves, *(a_complaint(100 + n) for n in range(60))])
    marks = {
        period: told[period, "country", "IN", "sensitive_complaints"].has_history
        for period in ("2025-Q1", "2025-Q3", "2025")
    }
    assert marks == {"2025-Q1": True, "2025-Q3": False, "2025": True}


def test_each_rung_is_counted() -> None:
    told = of_year(
        cells(
            [
                a_complaint(n, rungs=frozenset({rung.value}))
                for place, rung in enumerate(Rung)
                for n in range(100 * place, 100 * place + 30 + place)
                if rung is not Rung.BRAND
            ]
        )
    )
    names = ("committee", "partner", "head", "first_tier", "secretariat")
    assert [told[f"escalated_{name}"].number for name in names] == [30, 31, 32, 33, 34]
    assert told["escalated_first_tier_share"].number == 20.6


PER = "complaints_per_1000"


def test_complaints_are_laid_on_the_workers_of_their_place() -> None:
    """By country all of them; by region, kind and tier those a committee knows."""
    on = sized(400, 500, 600)
    bypassing = [a_complaint(500 + n, route=Route.PARTNER.value) for n in range(30)]
    told = cells([*(a_complaint(n) for n in range(90)), *bypassing], on)
    assert told["2025", "", "", PER].number == 80.0  # 120 of 1,500
    assert told["2025-Q2", "", "", PER].number == 320.0
    assert told["2025", "country", "IN", PER].number == 80.0  # 80 of 1,000
    kind = on.sites[0].kind.value
    assert told["2025", "kind", kind, PER].number == 66.7  # 60 of 900
    assert told["2025", "tier", "1", PER].number == 66.7
    assert not [key for key in told if key[1] == "site" and key[3] == PER]


def test_where_the_workers_of_a_site_are_unknown_nothing_is_laid_on_them() -> None:
    on = sized(400, None, 600, 700)
    third = {"site": on.sites[3].code, "country": on.sites[3].country}
    more = [a_complaint(500 + n, **third) for n in range(30)]
    told = cells([*(a_complaint(n) for n in range(90)), *more], on)
    assert told["2025", "", "", PER].told is Told.NONE
    assert told["2025", "country", "BD", "complaints"].number == 60
    assert told["2025", "country", "BD", PER].told is Told.NONE
    assert told["2025", "country", "IN", PER].number == 60.0


def test_a_year_is_not_laid_on_the_workers_of_a_later_one() -> None:
    """Its number stands, dated, until there is another number of complaints."""
    history = [a_complaint(n) for n in range(90)]
    was = build(exact(history, sized(400, 500, 600).sites), K)
    before = Before(by_key(was), AT)
    on = sized(400, 500, 2100)
    again = dict(by_key(build(exact(history, on.sites), K, before=before)))
    assert again["2025", "", "", PER].number == 60.0
    assert again["2025", "", "", PER].as_of == AT
    thrice = Before(again, AT.replace(year=2027))
    third = dict(by_key(build(exact(history, on.sites), K, before=thrice)))
    assert third["2025", "", "", PER] == again["2025", "", "", PER]
    assert dict(by_key(was))["2025", "", "", PER].as_of is None
    more = [*history, *(a_complaint(500 + n) for n in range(30))]
    anew = dict(by_key(build(exact(more, on.sites), K, before=before)))
    assert anew["2025", "", "", "complaints"].number == 120
    assert anew["2025", "", "", PER].number == 40.0  # of 3,000


def sized(*workers: int | None) -> Ground:
    """Return sites of so many workers."""
    return replace(
        ON,
        sites=tuple(
            replace(one, workers=count)
            for one, count in zip(ON.sites, workers, strict=False)
        ),
    )


def test_percentiles_are_told_of_enough_and_rates_of_told_numbers() -> None:
    def taking(number: int) -> CaseFacts:
        time = StageTime(Kept.IN_TIME, 24 + number, 8)
        return a_complaint(number, stages={Stage.ACKNOWLEDGE: time})

    told = cells([taking(n) for n in range(40)])
    year = of_year(told)
    assert year["acknowledge_hours_median"].number == 24 + 19
    assert year["acknowledge_hours_p90"].told is Told.WITHHELD
    assert year["acknowledge_on_time_share"].number == 100.0
    assert year["resolve_hours_median"].number is None
    told = cells([taking(n) for n in range(120)])
    assert told["2025", "", "", "acknowledge_hours_p90"].number == 24 + 107


def test_an_outcome_of_few_is_hidden_with_the_smallest_other() -> None:
    few = [a_complaint(100 + n, outcome=Outcome.WITHDRAWN) for n in range(3)]
    more = [a_complaint(200 + n, outcome=Outcome.OPEN) for n in range(14)]
    most = [a_complaint(300 + n, outcome=Outcome.REFERRED) for n in range(30)]
    told = cells([*(a_complaint(n) for n in range(50)), *few, *more, *most])
    said = {figure: cell.number for figure, cell in of_year(told).items()}
    assert (said["complaints"], said["resolved"], said["not_resolved"]) == (97, 50, 47)
    assert (said["referred"], said["open"], said["withdrawn"]) == (30, None, None)


def test_contacts_remedies_and_indicators_stand_beside() -> None:
    known = replace(
        exact([a_complaint(n) for n in range(40)], ON.sites),
        contacts=[
            Contacts("2025-Q2", "case", 50),
            Contacts("2025-Q2", "greeting", 4),
            Contacts("2025-Q2", "test", 3),
        ],
        remedies=[
            RemedySum(
                *("2025-Q2", "IN", ON.sites[0].code, "esi_registration"),
                *(True, False, False, None, 1, 400, 0, Decimal(0)),
            ),
            RemedySum(
                *("2025-Q2", "IN", ON.sites[0].code, "back_pay"),
                *(True, False, False, "INR", 2, 12, 0, Decimal("90000")),
            ),
            RemedySum(
                *("2025-Q2", "BD", ON.sites[1].code, "back_pay"),
                *(True, False, False, "BDT", 1, 3, 0, Decimal("7000")),
            ),
        ],
        indicators=[
            Indicator(
                *(UUID(int=1), "workers_reached", None),
                *(date(2024, 4, 1), date(2025, 3, 31)),
                *(12000, "people", "", "Report, p. 4", True),
            )
        ],
    )
    told = dict(by_key(build(known, K)))
    assert told["2025-Q2", "", "", "contacts"].number == 54
    assert told["2025-Q2", "", "", "test_calls"].told is Told.FEWER
    year = of_year(told)
    assert year["beneficiaries_esi_registration"].number == 400
    assert year["remedy_esi_registration"].told is Told.FEWER
    # Who has the twelve of its own site would know the three of the other.
    assert year["beneficiaries_back_pay"].told is Told.WITHHELD
    assert told["2025", "currency", "INR", "amount_back_pay"].number == 90000
    assert told["2025", "currency", "BDT", "amount_back_pay"].told is Told.WITHHELD
    reached = year["indicator_workers_reached"]
    assert (reached.number, reached.has_history) == (12000, True)


def test_a_brand_is_told_of_its_own_sites_as_one() -> None:
    history = [a_complaint(n) for n in range(90)]
    own = frozenset(one.code for one in ON.sites[:2])
    known = exact(history, ON.sites)
    told = dict(by_key(build(known, K, brands=[("oak", own)])))
    assert told["2025", "brand", "oak", "complaints"].number == 60
    assert told["2025", "brand", "oak", "resolution_rate"].number == 100.0
    few = [one for one in history if one.site not in own][:4]
    mostly = [one for one in history if one.site in own] + few
    told = dict(by_key(build(exact(mostly, ON.sites), K, brands=[("oak", own)])))
    assert told["2025", "brand", "oak", "complaints"].number is None


def test_the_order_of_the_sums_changes_nothing() -> None:
    known = exact(some_cases(5, 300, ON), ON.sites)
    rows = list(known.sums)
    Random(1).shuffle(rows)
    assert build(replace(known, sums=rows), K) == build(known, K)
