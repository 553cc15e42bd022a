"""Complaints drawn by lot: what happened when, without a word, a name or a date."""

from collections.abc import Mapping

from starlette.responses import Response

from app.actions.sample_cases import sample_cases
from app.console.auditor.mine import chosen, in_force
from app.console.figures import Naming
from app.console.frame import Door, Place, Visit
from app.console.words import CATEGORIES, CHANNELS, CLOCKS, SEVERITIES, STATES
from app.domain.ladder import Rung
from app.statistics.model import Audience
from app.statistics.sample import Step
from app.store.releases import periods
from app.wording.line import N_

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
    Rung.COMMITTEE: N_("the committee"),
    Rung.PARTNER: N_("the partner"),
    Rung.FACTORY_HEAD: N_("the factory's head"),
    Rung.FIRST_TIER: N_("the first-tier sites that buy there"),
    Rung.SECRETARIAT: N_("the secretariat"),
    Rung.BRAND: N_("the brands"),
}


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "auditor", _sample),)


async def _sample(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        mandate = await chosen(tx, visit, visit.asked("mandate"))
        mine = await in_force(tx, visit)
        known = await periods(tx, Audience.AUDITOR)
    quarters = [period for period in known if "-Q" in period]
    quarter = visit.asked("quarter")
    found = (
        await sample_cases(visit.store, mandate, quarter, by=visit.person, at=visit.at)
        if quarter
        else None
    )
    return visit.page(
        "auditor_sample.html",
        mandate=mandate,
        mandates=mine,
        quarters=quarters,
        quarter=quarter,
        found=found,
        steps=STEPS,
        about=_about,
        naming=Naming(visit),
        categories=CATEGORIES,
        severities=SEVERITIES,
        channels=CHANNELS,
    )


def _about(step: Step) -> str:
    """Return the name of what a step is about; blank where it has none."""
    for names in (CLOCKS, STATES, RUNGS):
        if step.about in names:
            return names[step.about]
    return ""
