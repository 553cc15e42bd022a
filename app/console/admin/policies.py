"""Policies: every version, two side by side, and one tried on the last 90 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from starlette.responses import Response

from app.actions.dry_run import Fate, dry_run
from app.actions.import_policy import import_policy, shipped_policy
from app.console.frame import Door, Place, Visit
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.policy import Policy, parse_policy
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/policies"
LONGEST_POLICY = 16_000  # what is longer is imported with the command line
_MOST_ROWS = 80
_CONTEXT = 2  # lines that are alike, around what differs

FATES = {
    Fate.IN_TIME: N_("in time"),
    Fate.MISSED: N_("missed"),
    Fate.OPEN: N_("not due yet"),
    Fate.ENDED: N_("ended before"),
}
_IMPORTED = N_("The policy of {version} is kept. It holds for cases from that day on.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _propose),
        Place("GET", f"{PAGE}/compare", "admin", _compare),
        Place("GET", f"{PAGE}/{{version}}", "admin", _one),
        Place("POST", f"{PAGE}/{{version}}/dry-run", "admin", _dry_run),
    )


async def _list(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        lines = await programme.policies(tx)
    return visit.page(
        "admin_policies.html",
        lines=lines,
        in_force=visit.directory.policy_on(visit.day).version,
        text="",
        problems=(),
        found=None,
        rows=(),
        more=0,
        longest=LONGEST_POLICY,
    )


def _policy(visit: Visit, version: str) -> Policy:
    for policy in visit.directory.policies:
        if policy.version == version:
            return policy
    raise NotFound("There is no such version of the policy.")


async def _one(visit: Visit) -> Response:
    policy = _policy(visit, visit.path["version"])
    return visit.page(
        "admin_policy.html",
        policy=policy,
        others=[p.version for p in reversed(visit.directory.policies) if p != policy],
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One line of two texts side by side; `sort` is same, changed or gap."""

    left: str
    right: str
    sort: str


def side_by_side(one: Sequence[str], two: Sequence[str]) -> list[Side]:
    """Return what differs, with a little around it; a gap stands for the rest."""
    rows: list[Side] = []
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_grouped_opcodes(
        _CONTEXT
    )
    for number, block in enumerate(blocks):
        if number:
            rows.append(Side("", "", "gap"))
        for tag, left, left_end, right, right_end in block:
            height = max(left_end - left, right_end - right)
            rows += [
                Side(
                    one[left + n] if left + n < left_end else "",
                    two[right + n] if right + n < right_end else "",
                    "same" if tag == "equal" else "changed",
                )
                for n in range(height)
            ]
    return rows


async def _compare(visit: Visit) -> Response:
    before = _policy(visit, visit.asked("a"))
    after = _policy(visit, visit.asked("b"))
    rows = side_by_side(before.toml.splitlines(), after.toml.splitlines())
    return visit.page("admin_compare.html", before=before, after=after, rows=rows)


async def _propose(visit: Visit) -> Response:
    """Check a policy first, beside what holds; keep it when asked a second time."""
    text = visit.typed("text")
    problems: tuple[str, ...] = ()
    found: Policy | None = None
    try:
        text = visit.words("text", most=LONGEST_POLICY)
        found = parse_policy(text, base=shipped_policy())
        if visit.said("step") == "keep":
            await import_policy(
                visit.store, text, at=visit.at, by=visit.person.id, through="page"
            )
            said = {"version": found.version}
            return visit.see_other(PAGE, Line(_IMPORTED, said))
    except (BadInput, Refused) as refusal:
        problems = tuple(str(refusal).splitlines())
    async with visit.store.transaction() as tx:
        lines = await programme.policies(tx)
    held = visit.directory.policy_on(visit.day)
    rows = (
        side_by_side(held.toml.splitlines(), found.toml.splitlines()) if found else []
    )
    return visit.page(
        "admin_policies.html",
        status=400 if problems else 200,
        lines=lines,
        in_force=held.version,
        text=text,
        problems=problems,
        found=found,
        rows=rows[:_MOST_ROWS],
        more=max(0, len(rows) - _MOST_ROWS),
        longest=LONGEST_POLICY,
    )


async def _dry_run(visit: Visit) -> Response:
    """Nothing is written, so the answer is the page itself."""
    done = await dry_run(visit.store, visit.path["version"], at=visit.at)
    return visit.page("admin_dry_run.html", done=done, fates=FATES)
