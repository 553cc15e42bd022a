"""The sums of the counted cases, by one formula, whether of some or of all.

A source is rows of `stat_case`, each with a `sign`: minus one for how a case was
counted until now, one for how it is counted from now on. What changes between
two moments is then one sum, and so is everything.
"""

from collections.abc import Mapping

from app.domain.taxonomy import COMMITTEE_ROUTES
from app.statistics.measures import MEASURES, RUNGS
from app.statistics.model import Kept, Outcome, Stage
from app.store.figures.reading import BRAND, HOURS_BY, SENSITIVE_BY, SUMMED_BY

CELL_KEY = ("quarter", "by", "value", "site", "is_factory")
HOURS_KEY = ("quarter", "by", "value", "stage", "unit", "hours")
# All cases as they are counted now: a source.
ALL = "SELECT 1 AS sign, c.* FROM stat_case c"

_ROUTES = ", ".join(f"'{route}'" for route in sorted(COMMITTEE_ROUTES))
_GIVEN = (*SUMMED_BY, SENSITIVE_BY)


def _of_complaints() -> Mapping[str, str]:
    """Return each measure that counts complaints, and when one is counted."""
    named = {
        "history": "is_history",
        "unrecorded": "is_unrecorded",
        "brand_answered": "brand_hours IS NOT NULL",
        "reopened": "is_reopened",
        "reprisal_asked": "reprisal <> ''",
        "paused": "paused_hours > 0",
        "bypassed": f"route NOT IN ({_ROUTES})",
    }
    plain = (*RUNGS, "brand_asked")
    answers = ("yes", "no", "unsaid", "unanswered")
    return {
        "complaints": "true",
        **named,
        **{outcome.value: f"outcome = '{outcome}'" for outcome in Outcome},
        **{
            f"{stage}_{kept}": f"{stage}_kept = '{kept}'"
            for stage in Stage
            for kept in Kept
        },
        **{name: name for name in plain},
        **{f"reprisal_{answer}": f"reprisal = '{answer}'" for answer in answers},
    }


def _formulas() -> Mapping[str, str]:
    """Return what each measure is a sum of."""
    formulas = {
        "cases": "CASE WHEN is_counted AND NOT is_part THEN sign END",
        "info": "CASE WHEN is_info THEN sign END",
        "parts": "CASE WHEN is_counted AND is_part THEN sign END",
        "affected": "CASE WHEN is_counted THEN sign * affected END",
        **{
            name: f"CASE WHEN is_counted AND {when} THEN sign END"
            for name, when in _of_complaints().items()
        },
    }
    return {measure: formulas[measure] for measure in MEASURES}


def cells_of(source: str) -> str:
    """Return a query for the cells that the rows of `source` come to."""
    by = "".join(f" WHEN GROUPING({one}) = 0 THEN '{one}'" for one in _GIVEN)
    value = "".join(f" WHEN GROUPING({one}) = 0 THEN {one}" for one in _GIVEN)
    sets = ", ".join(f"({one})" for one in _GIVEN)
    summed = ", ".join(
        f"coalesce(sum({formula}), 0)::int AS {measure}"
        for measure, formula in _formulas().items()
    )
    return f"""
    SELECT * FROM (
      SELECT quarter, CASE{by} ELSE '' END AS by, CASE{value} ELSE '' END AS value,
        site, is_factory, {summed}
      FROM (
        SELECT sign, quarter, coalesce(site, '') AS site, {", ".join(SUMMED_BY)},
          CASE WHEN is_sensitive THEN country END AS {SENSITIVE_BY},
          NOT is_info AS is_counted,
          is_factory, is_info, is_part, is_history, is_unrecorded, is_reopened,
          outcome, route, reprisal, affected, paused_hours, brand_hours,
          {", ".join(RUNGS)}, brand_asked,
          {", ".join(f"{stage}_kept" for stage in Stage)}
        FROM ({source}) signed
      ) told
      GROUP BY quarter, site, is_factory, GROUPING SETS ((), {sets})
    ) summed
    WHERE value IS NOT NULL AND ({", ".join(MEASURES)}) <> ({_zeros(len(MEASURES))})
    """


def hours_of(source: str) -> str:
    """Return a query for the distributions that the rows of `source` come to."""
    taken = [
        (stage.value, unit, f"{stage}_{column}")
        for stage in Stage
        for unit, column in (("clock", "hours"), ("working", "working"))
    ]
    taken.append((BRAND, "clock", "brand_hours"))
    rows = ", ".join(
        f"('{stage}', '{unit}', {column})" for stage, unit, column in taken
    )
    values = ", ".join(f"('{by}', {by if by else chr(39) * 2})" for by in HOURS_BY)
    return f"""
    SELECT * FROM (
      SELECT quarter, g.by, g.value, stage, unit, hours, sum(n)::int AS n FROM (
        SELECT quarter, country, severity, t.stage, t.unit, t.hours, sum(sign) AS n
        FROM ({source}) signed
        CROSS JOIN LATERAL (VALUES {rows}) AS t (stage, unit, hours)
        WHERE NOT is_info AND t.hours IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6
      ) taken CROSS JOIN LATERAL (VALUES {values}) AS g (by, value)
      GROUP BY 1, 2, 3, 4, 5, 6
    ) summed WHERE n <> 0
    """


def _zeros(count: int) -> str:
    return ", ".join(["0"] * count)


def add_cells(query: str) -> str:
    """Return a statement that adds the cells of `query` to those there are."""
    return _add("stat_cell", CELL_KEY, MEASURES, query)


def add_hours(query: str) -> str:
    return _add("stat_hours", HOURS_KEY, ("n",), query)


def _add(table: str, key: tuple[str, ...], sums: tuple[str, ...], query: str) -> str:
    named = ", ".join((*key, *sums))
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    return (
        f"INSERT INTO {table} ({named}) SELECT {named} FROM ({query}) more"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added}"
    )


# What came to nothing is no row: else a sum that was and one that never was differ.
SWEEP = (
    "DELETE FROM stat_cell WHERE complaints = 0 AND info = 0",
    "DELETE FROM stat_hours WHERE n = 0",
)
