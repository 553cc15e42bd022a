"""Whether promises were kept: stages, escalation, brands, and what came after."""

from collections.abc import Mapping, Sequence

from app.reports.document import Column, Row, Section, Table
from app.reports.labels import DIMENSIONS, label
from app.reports.pieces import WHAT, Desk, bars_of, figures_table, finished, tables
from app.reports.words import M_
from app.statistics.model import WHOLE, Cell, Dimension, Stage

_ON_TIME = M_("Were promises kept in time?")
_ON_TIME_SAID = M_(
    "Every complaint has dated promises. The share counts what was kept in time among "
    "what was kept or has passed; what is not due yet stands beside it."
)
_STAGE = M_("Promise")
STAGES = {
    Stage.ACKNOWLEDGE: M_("Acknowledged"),
    Stage.FIRST_ACTION: M_("First action"),
    Stage.RESOLVE: M_("Resolved"),
}
_IN_TIME = M_("In time")
_LATE = M_("Late or overdue")
_RUNNING = M_("Not due yet")
_SHARE = M_("In time, share")
_HOW_LONG = M_("How long did it take?")
_MEDIAN = M_("Half were done within")
_P90 = M_("Nine in ten within")
_MEDIAN_WORKING = M_("Half, in working time")
_P90_WORKING = M_("Nine in ten, in working time")
_TIMES = (
    ("hours_median", _MEDIAN),
    ("hours_p90", _P90),
    ("working_median", _MEDIAN_WORKING),
    ("working_p90", _P90_WORKING),
)
_WORKING_SAID = M_(
    "By the clock, from receipt. Working time counts the hours in which the site "
    "works, without pauses."
)
_TIME_OF: Mapping[Stage, str] = {
    Stage.ACKNOWLEDGE: M_("Time until acknowledged: {what}"),
    Stage.FIRST_ACTION: M_("Time until first action: {what}"),
    Stage.RESOLVE: M_("Time until resolved: {what}"),
}
_STAGE_TIME = M_("Kept in time, share: {what}")
_STAGE_TIME_MORE = M_("Kept in time, share: by all else that is told")
# What the shares are made of: in the files of their tables, not on the page.
_IN_THE_FILE = tuple(
    f"{stage}_{how}" for stage in Stage for how in ("in_time", "late", "running")
)
# Those tables stand on their own; what the others say fits into one.
_FIRST = (Dimension.SEVERITY, Dimension.COUNTRY)

_CLIMBED = M_("Escalation, and the answers of brands")
_CLIMBED_SAID = M_(
    "A missed promise climbs on its own: to the whole committee, the partner, the "
    "factory's head, the factories that it supplies, the secretariat and the brands "
    "that buy there, as far as the rules of its kind of site say."
)
_CLIMB_LINES = (
    (M_("Told to the whole committee again"), "escalated_committee"),
    (M_("Told to the whole committee again, share"), "escalated_committee_share"),
    (M_("Told to the partner"), "escalated_partner"),
    (M_("Told to the partner, share"), "escalated_partner_share"),
    (M_("Told to the factory's head"), "escalated_head"),
    (M_("Told to the factory's head, share"), "escalated_head_share"),
    (M_("Told to the head of a first-tier factory"), "escalated_first_tier"),
    (
        M_("Told to the head of a first-tier factory, share"),
        "escalated_first_tier_share",
    ),
    (M_("Told to the secretariat"), "escalated_secretariat"),
    (M_("Told to the secretariat, share"), "escalated_secretariat_share"),
    (M_("Told to a brand"), "escalated_brand"),
    (M_("Told to a brand, share"), "escalated_brand_share"),
    (M_("A brand answered"), "brand_answered"),
    (M_("A brand answered, share"), "brand_answer_share"),
    (M_("Half of the brands' answers came within"), "brand_hours_median"),
    (M_("Nine in ten of the brands' answers came within"), "brand_hours_p90"),
)
_AFTER = M_("Opened again, reprisals, pauses")
_AFTER_SAID = M_(
    "Thirty and ninety days after the end the worker is asked whether anybody made her "
    "pay for it."
)
_AFTER_LINES = (
    (M_("Opened again"), "reopened"),
    (M_("Opened again, share"), "reopened_share"),
    (M_("Asked about reprisals"), "reprisal_asked"),
    (M_("Said: yes, somebody made me pay for it"), "reprisal_yes"),
    (M_("Said: no"), "reprisal_no"),
    (M_("Did not know or did not want to say"), "reprisal_unsaid"),
    (M_("Did not answer"), "reprisal_unanswered"),
    (M_("Reprisals in 100 asked"), "reprisals_per_100"),
    (M_("Paused while waiting for the worker"), "paused"),
    (M_("Paused, share"), "paused_share"),
)


def on_time(desk: Desk) -> Section:
    """Tell of each promise how often it was kept, and how long it took."""
    made = [_kept(desk), _times(desk)]
    for by in _FIRST:
        made.append(_shares(desk, by))
        made += [_times_by(desk, by, stage) for stage in Stage]
    made.append(_other_shares(desk))
    return Section(
        "time", desk.say(_ON_TIME), (desk.say(_ON_TIME_SAID),), tables(*made)
    )


def _kept(desk: Desk) -> Table | None:
    kept = (("in_time", _IN_TIME), ("late", _LATE), ("running", _RUNNING))
    suffixes = (*kept, ("on_time_share", _SHARE))
    table = _by_stage(desk, "kept", _ON_TIME, suffixes)
    if table is None:
        return None
    parts = [desk.say(word) for _, word in kept]
    return finished(desk, table, bars=bars_of(table.rows, parts))


def _times(desk: Desk) -> Table | None:
    return _by_stage(desk, "times", _HOW_LONG, _TIMES, (desk.say(_WORKING_SAID),))


def _by_stage(
    desk: Desk,
    name: str,
    title: str,
    suffixes: Sequence[tuple[str, str]],
    notes: Sequence[str] = (),
) -> Table | None:
    figures = [f"{stage}_{suffix}" for stage in Stage for suffix, _ in suffixes]
    if not desk.has(figures):
        return None
    rows = tuple(
        desk.row(
            desk.say(STAGES[stage]),
            [f"{stage}_{suffix}" for suffix, _ in suffixes],
            f"{stage}_{suffixes[0][0]}",
        )
        for stage in Stage
    )
    return finished(
        desk,
        Table(
            name=name,
            title=desk.say(title),
            head=desk.say(_STAGE),
            columns=tuple(Column(desk.say(word)) for _, word in suffixes),
            rows=rows,
            notes=tuple(notes),
            cells=desk.book.cells_of(WHOLE, figures),
        ),
    )


def _shares(desk: Desk, by: Dimension) -> Table | None:
    columns = [(STAGES[stage], f"{stage}_on_time_share") for stage in Stage]
    return _spread(desk, f"kept-{by}", _STAGE_TIME, by, columns, _IN_THE_FILE)


def _times_by(desk: Desk, by: Dimension, stage: Stage) -> Table | None:
    columns = [(word, f"{stage}_{suffix}") for suffix, word in _TIMES]
    name = f"times-{stage}-{by}".replace("_", "-")
    return _spread(desk, name, _TIME_OF[stage], by, columns)


def _other_shares(desk: Desk) -> Table | None:
    """Return the shares by every other thing complaints are told apart by."""
    figures = [f"{stage}_on_time_share" for stage in Stage]
    rows: list[Row] = []
    cells: list[Cell] = []
    for by in DIMENSIONS:
        told = () if by in _FIRST else _values(desk, by, figures)
        rows += [
            Row(
                f"{desk.say(DIMENSIONS[by])}: "
                f"{label(by, value, desk.words, desk.places)}",
                tuple(desk.said(figure, by, value) for figure in figures),
            )
            for value in told
        ]
        if told:
            cells += desk.book.cells_of(by, (*figures, *_IN_THE_FILE))
    if not rows:
        return None
    return finished(
        desk,
        Table(
            name="kept-more",
            title=desk.say(_STAGE_TIME_MORE),
            head=desk.say(WHAT),
            columns=tuple(
                Column(desk.say(STAGES[stage]), figure)
                for stage, figure in zip(Stage, figures, strict=True)
            ),
            rows=tuple(rows),
            cells=tuple(cells),
            is_folded=True,
        ),
    )


def _values(desk: Desk, by: str, figures: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a table of which any of these numbers is told."""
    return tuple(
        value
        for value in desk.book.values(by)
        if any(desk.book.number(figure, by, value) is not None for figure in figures)
    )


def _spread(
    desk: Desk,
    name: str,
    title: str,
    by: Dimension,
    columns: list[tuple[str, str]],
    more: Sequence[str] = (),
) -> Table | None:
    """Return a table by severity or country, where any of its numbers is told."""
    figures = [figure for _, figure in columns]
    values = _values(desk, by, figures)
    if not values:
        return None
    what = desk.say(DIMENSIONS[by])
    return finished(
        desk,
        Table(
            name=name,
            title=desk.say(title, what=what),
            head=what,
            columns=tuple(Column(desk.say(word), figure) for word, figure in columns),
            rows=tuple(
                Row(
                    label(by, value, desk.words),
                    tuple(desk.said(figure, by, value) for figure in figures),
                )
                for value in values
            ),
            cells=desk.book.cells_of(by, (*figures, *more)),
            is_folded=True,
        ),
    )


def climbing(desk: Desk) -> Section:
    """Tell how often a complaint climbed, and whether brands answered."""
    return Section(
        "escalation",
        desk.say(_CLIMBED),
        (desk.say(_CLIMBED_SAID),),
        tables(
            figures_table(
                desk, "escalation", desk.say(_CLIMBED), _CLIMB_LINES, is_charted=False
            )
        ),
    )


def afterwards(desk: Desk) -> Section:
    """Tell what came after the end."""
    return Section(
        "after",
        desk.say(_AFTER),
        (desk.say(_AFTER_SAID),),
        tables(
            figures_table(
                desk, "after", desk.say(_AFTER), _AFTER_LINES, is_charted=False
            )
        ),
    )
