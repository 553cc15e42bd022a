"""Numbers of the programme that no complaint tells: entered, listed, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from app.actions.indicators import (
    all_indicators,
    enter_indicator,
    may_withdraw,
    withdraw_indicator,
)
from app.console.admin.forms import (
    NOTHING,
    Choice,
    Field,
    Wrong,
    form_page,
    named,
    paged,
)
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.domain.errors import BadInput, NotFound
from app.domain.indicators import Indicator, IndicatorKind, Topic, entered
from app.reports.words import LANGUAGES, words_in
from app.wording.line import N_, Line

PAGE = "/room/indicators"
KINDS = {
    IndicatorKind.WORKERS_REACHED: N_("Workers reached"),
    IndicatorKind.WORKERS_TRAINED: N_("Workers trained"),
    IndicatorKind.CHILDREN_TRAINED: N_("Children trained"),
    IndicatorKind.SITES_AGE_VERIFICATION: N_(
        "Sites with child-friendly age verification"
    ),
    IndicatorKind.ESI_REGISTRATIONS: N_("Workers registered for ESI"),
    IndicatorKind.PF_REGISTRATIONS: N_("Workers registered for the provident fund"),
    IndicatorKind.COMMITTEES_SET_UP: N_(
        "Sites where a committee was set up or improved"
    ),
    IndicatorKind.CRECHES_OPENED: N_("Sites with a crèche opened"),
}
TOPICS = {
    Topic.CHILD_RIGHTS: N_("Rights of the child"),
    Topic.MATERNITY_RIGHTS: N_("Maternity rights"),
    Topic.WASH: N_("Water, toilets and hygiene"),
    Topic.MATERNAL_HEALTH: N_("Health and food of mothers"),
    Topic.YOUNG_WORKERS: N_("Young workers"),
    Topic.WAGES_BENEFITS: N_("Wages and other benefits"),
    Topic.CHILD_LABOUR: N_("Child labour: preventing it, and what to do about it"),
}
_ENTERED = N_(
    "The number is entered. It stands on the results page from its next release."
)
_WITHDRAWN = N_(
    "The number is withdrawn. The next release of the results is without it."
)
# What `app.domain.indicators.entered` says is wrong, in the reader's language.
MISTAKES = (
    N_("Choose what was counted."),
    N_("Give the number in digits, without dots or commas."),
    N_("Give both days as year-month-day, as 2026-09-30."),
    N_("The last day is before the first: exchange the two."),
    N_("The last day is still to come: enter what has been counted."),
    N_("Say where one can look it up: a list, a report, its date."),
    N_("A topic is said of trainings alone, and is one of the list."),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator, and whether this reader may take it back."""

    it: Indicator
    may_withdraw: bool

    @property
    def kind(self) -> str:
        return KINDS[self.it.entered.kind]

    @property
    def topic(self) -> str:
        topic = self.it.entered.topic
        return TOPICS[topic] if topic else ""


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "indicators", _list),
        Place("POST", PAGE, "indicators", _enter),
        Place("POST", f"{PAGE}/{{id}}/withdraw", "indicators", _withdraw),
    )


async def _list(visit: Visit) -> Response:
    return await _page(visit, {})


async def _page(
    visit: Visit, cells: Mapping[str, str], *, wrong: Wrong | None = None
) -> Response:
    """Return the list and the form; 400 where what was typed is to be mended."""
    found = await all_indicators(visit.store)
    listed, pages = paged(visit, found)
    shown = [
        Shown(each, each.withdrawn_at is None and may_withdraw(visit.person, each))
        for each in listed
    ]
    return form_page(
        visit,
        "indicators.html",
        _fields(visit),
        cells,
        wrong=wrong,
        shown=shown,
        pages=pages,
        words_of=words_in(visit.language if visit.language in LANGUAGES else "en"),
        sites=visit.directory.sites,
        people={person.id: person.name for person in visit.directory.people},
    )


async def _enter(visit: Visit) -> Response:
    cells = {f.column: visit.typed(f.column) for f in _fields(visit)}
    try:
        form = entered(**cells, directory=visit.directory, today=visit.day)
        await enter_indicator(
            *(visit.store, form),
            by=visit.person,
            at=visit.at,
            once=mark(visit, "indicator"),
        )
    except BadInput as problem:
        return await _page(visit, cells, wrong=Wrong(others=(str(problem),)))
    return visit.see_other(PAGE, Line(_ENTERED))


async def _withdraw(visit: Visit) -> Response:
    try:
        which = UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such indicator.") from None
    await withdraw_indicator(visit.store, which, by=visit.person, at=visit.at)
    return visit.see_other(PAGE, Line(_WITHDRAWN))


def _fields(visit: Visit) -> tuple[Field, ...]:
    sites = visit.directory.sites.values()
    listed = tuple(
        Choice(site.code, name=f"{site.name}, {site.code}") for site in sites
    )
    return (
        Field(
            "kind",
            N_("What was counted"),
            kind="choice",
            choices=named({k.value: word for k, word in KINDS.items()}, blank=True),
            is_needed=True,
        ),
        Field("value", N_("How many"), kind="number", is_needed=True),
        Field(
            "topic",
            N_("In what they were trained"),
            N_("Of trainings alone; may stay empty"),
            kind="choice",
            choices=named({t.value: word for t, word in TOPICS.items()}, blank=True),
        ),
        Field("period_from", N_("First day"), kind="date", is_needed=True),
        Field("period_to", N_("Last day"), kind="date", is_needed=True),
        Field(
            "site",
            N_("Site"),
            N_("Only where the number is of one site"),
            kind="choice",
            choices=(NOTHING, *listed),
        ),
        Field(
            "evidence",
            N_("Where one can look it up"),
            N_("A list, a report and its date. It is published: write nobody's name."),
            is_needed=True,
        ),
    )
