"""Complaints drawn by lot: what happened when, without a word, a name or a date."""

from collections.abc import Mapping

from starlette.responses import Response

from app.actions.sample_cases import NotDrawn, sample_cases
from app.console.auditor.mine import chosen, in_force, without
from app.console.figures import Naming
from app.console.frame import Door, Place, Visit
from app.console.words import CATEGORIES, CHANNELS, CLOCKS, SEVERITIES, STATES
from app.domain.ladder import Rung
from app.domain.taxonomy import Clock
from app.statistics.model import Audience
from app.statistics.sample import Sampled, Step
from app.store.releases import periods
from app.wording.line import N_, Line

PAGE = "/room/auditor/sample"

STEPS: Mapping[str, str] = {
    "case.opened": N_("Received"),
    "case.acknowledged": N_("Read"),
    "case.started": N_("Taken up"),
    "case.planned": N_("A remediation plan was made"),
    "remedy.proposed": N_("A remedy was proposed"),
    "remedy.planned": N_("A remedy was planned"),
    "remedy.finished": N_("A remedy was carried out"),
    "case.resolved": N_("Declared solved"),
    "solution.confirmed": N_("The worker said: solved"),
    "solution.denied": N_("The worker said: not solved"),
    "case.reopened": N_("Opened again"),
    "case.reviewed": N_("A review was held"),
    "case.closed": N_("Closed"),
    "case.escalated": N_("Climbed to the next rung"),
    "rung.answered": N_("The rung answered"),
    "rung.missed": N_("The rung did not answer in time"),
    "brand.promised": N_("A brand promised to act"),
    "clock.met": N_("A promise was kept"),
    "clock.missed": N_("A promise was missed"),
    "pause.begun": N_("The clocks wait for the worker"),
    "pause.ended": N_("The clocks run again"),
    "worker.told": N_("The worker was told something"),
    "worker.asked": N_("The worker was asked something"),
    "contact.attempted": N_("Somebody tried to reach the worker"),
    "remediation.begun": N_("Remediation began"),
    "remediation.ended": N_("Remediation ended"),
}
RUNGS: Mapping[str, str] = {
    Rung.COMMITTEE: N_("Told to the whole committee"),
    Rung.PARTNER: N_("Told to the partner"),
    Rung.FACTORY_HEAD: N_("Told to the head of the factory"),
    Rung.FIRST_TIER: N_("Told to the first-tier sites that buy there"),
    Rung.SECRETARIAT: N_("Told to the secretariat"),
    Rung.BRAND: N_("Told to the brands"),
}
_READ_IN_TIME = N_("Acknowledged in time")
_READ_LATE = N_("Acknowledged, late")
_NOT_READ = N_("Not acknowledged in time")
_IN_TIME = N_("{promise}: in time")
_LATE = N_("{promise}: late")
_NOT_IN_TIME = N_("{promise}: not in time")


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "auditor", _sample),)


async def _sample(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        mine = await in_force(tx, visit)
        if not mine:
            return without(visit, N_("Samples"))
        mandate = await chosen(tx, visit, visit.asked("mandate"))
        known = await periods(tx, Audience.AUDITOR)
    quarters = [period for period in known if "-Q" in period]
    quarter = visit.asked("quarter")
    found: tuple[Sampled, ...] = ()
    why_not = None
    if quarter:
        try:
            found = await sample_cases(
                visit.store, mandate, quarter, by=visit.person, at=visit.at
            )
        except NotDrawn as error:
            why_not = error.line
    return visit.page(
        "auditor_sample.html",
        mandate=mandate,
        mandates=mine,
        quarters=quarters,
        quarter=quarter,
        found=found,
        why_not=why_not,
        worded=worded,
        naming=Naming(visit),
        categories=CATEGORIES,
        severities=SEVERITIES,
        channels=CHANNELS,
    )


def worded(step: Step) -> Line:
    """Return a step in words: what was told to whom, which promise was kept or not."""
    if step.kind in ("clock.met", "clock.missed") and step.about in CLOCKS:
        return _of_promise(step)
    if step.kind == "case.escalated" and step.about in RUNGS:
        return Line(RUNGS[step.about])
    if step.kind == "case.closed" and step.about in STATES:
        return Line(STATES[step.about])
    return Line(STEPS[step.kind])


def _of_promise(step: Step) -> Line:
    is_read = step.about == Clock.ACKNOWLEDGE
    if step.kind == "clock.missed":
        message = _NOT_READ if is_read else _NOT_IN_TIME
    elif step.is_late:
        message = _READ_LATE if is_read else _LATE
    else:
        message = _READ_IN_TIME if is_read else _IN_TIME
    return Line(message, {} if is_read else {"promise": Line(CLOCKS[step.about])})
