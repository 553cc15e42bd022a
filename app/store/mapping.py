"""A case between its rows and the value that the rules know."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.case import (
    LAW,
    RUNG,
    CaseFile,
    Deadline,
    Milestone,
    Pause,
    Signature,
)
from app.domain.laws import Happening
from app.domain.ledger import canonical
from app.domain.taxonomy import Category, Clock, Conflict, Route, Severity, Side, State

CASE_COLUMNS = (
    "id, number, data_key, phone_tag, site, country, category, severity, state,"
    " route, language, channel, hotline, policy_version, opened_at, closed_at, detail,"
    " joined_to"
)


def case_from(row: Mapping[str, Any], deadlines: Iterable[Deadline]) -> CaseFile:
    detail = json.loads(row["detail"])
    conflict = detail.get("conflict")
    return CaseFile(
        id=row["id"],
        number=row["number"],
        site=row["site"],
        country=row["country"],
        category=Category(row["category"]),
        severity=Severity(row["severity"]),
        state=State(row["state"]),
        route=Route(row["route"]),
        conflict=Conflict(conflict) if conflict else None,
        language=row["language"],
        channel=row["channel"],
        hotline=row["hotline"],
        opened_at=row["opened_at"],
        policy_version=row["policy_version"],
        closed_at=row["closed_at"],
        **_placed(deadlines),
        signatures=tuple(
            Signature(UUID(s["person"]), Side(s["side"]), _moment(s["at"]))
            for s in detail.get("signatures", ())
        ),
        excluded=frozenset(UUID(p) for p in detail.get("excluded", ())),
        pauses=tuple(
            Pause(
                _moment(p["since"]),
                _moment(p["until"]) if p["until"] else None,
                p["reason"],
                UUID(p["by"]),
            )
            for p in detail.get("pauses", ())
        ),
        contact_attempts=tuple(
            _moment(at) for at in detail.get("contact_attempts", ())
        ),
        withdraw_asked_at=(
            _moment(detail["withdraw_asked_at"])
            if detail.get("withdraw_asked_at")
            else None
        ),
        veiled_at=_moment(detail["veiled_at"]) if detail.get("veiled_at") else None,
        suggested_sites=tuple(detail.get("suggested_sites", ())),
        alerted=frozenset(detail.get("alerted", ())),
        joined_to=row["joined_to"],
        came_of=UUID(detail["came_of"]) if detail.get("came_of") else None,
        drawn=frozenset(UUID(p) for p in detail.get("drawn", ())),
        held=frozenset(UUID(m) for m in detail.get("held", ())),
        taken_by=UUID(detail["taken_by"]) if detail.get("taken_by") else None,
        milestones=tuple(map(milestone_from, detail.get("milestones", ()))),
        **{name: detail[name] for name in _PLAIN if name in detail},
    )


_PLAIN = (
    "is_raised",
    "is_withheld",
    "is_released",
    "may_text",
    "may_call",
    "reach_part",
    "rating",
    "round",
    "not_solved",
    "declared_by",
    "is_released_to_brand",
    "filed_by",
    "is_taken_over",
    "handovers",
    "brand_lead",
    "is_read",
    "is_unheard",
    "reads_first",
)


def detail_of(case: CaseFile) -> str:
    """Return what only the rules read, as JSON; never a word that was said."""
    detail: dict[str, Any] = {name: getattr(case, name) for name in _PLAIN}
    detail["conflict"] = case.conflict
    detail["signatures"] = [
        {"person": str(s.person), "side": s.side, "at": s.at.isoformat()}
        for s in case.signatures
    ]
    detail["excluded"] = sorted(str(person) for person in case.excluded)
    detail["drawn"] = sorted(str(person) for person in case.drawn)
    detail["held"] = sorted(str(message) for message in case.held)
    detail["came_of"] = str(case.came_of) if case.came_of else None
    detail["taken_by"] = str(case.taken_by) if case.taken_by else None
    detail["pauses"] = [
        {
            "since": p.since.isoformat(),
            "until": p.until.isoformat() if p.until else None,
            "reason": p.reason,
            "by": str(p.by),
        }
        for p in case.pauses
    ]
    detail["milestones"] = [
        {
            "what": m.what,
            "on": m.on.isoformat() if m.on else None,
            "at": m.at.isoformat() if m.at else None,
            "recorded_at": m.recorded_at.isoformat(),
        }
        for m in case.milestones
    ]
    detail["contact_attempts"] = [at.isoformat() for at in case.contact_attempts]
    detail["withdraw_asked_at"] = (
        case.withdraw_asked_at.isoformat() if case.withdraw_asked_at else None
    )
    detail["veiled_at"] = case.veiled_at.isoformat() if case.veiled_at else None
    detail["suggested_sites"] = list(case.suggested_sites)
    detail["alerted"] = sorted(case.alerted)
    return canonical({k: v for k, v in detail.items() if v is not None and v != []})


def milestone_from(saved: Mapping[str, Any]) -> Milestone:
    return Milestone(
        what=Happening(saved["what"]),
        on=date.fromisoformat(saved["on"]) if saved["on"] else None,
        at=_moment(saved["at"]) if saved["at"] else None,
        recorded_at=_moment(saved["recorded_at"]),
    )


def _placed(clocks: Iterable[Deadline]) -> dict[str, Any]:
    """Return the clocks by the field of the case that holds them."""
    found = list(clocks)
    laws = tuple(c for c in found if c.name.startswith(LAW))
    rungs = tuple(c for c in found if c.name.startswith(RUNG))
    own = tuple(c for c in found if not c.name.startswith((LAW, RUNG)))
    return {"deadlines": own, "statutory": laws, "rungs": rungs}


_CLOCKS: Mapping[str, str] = {clock.value: clock for clock in Clock}


def deadline_from(row: Mapping[str, Any]) -> Deadline:
    return Deadline(
        name=_CLOCKS.get(row["name"], row["name"]),
        round=row["round"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        remind_50_at=row["remind_50_at"],
        remind_80_at=row["remind_80_at"],
        next_at=row["next_at"],
        met_at=row["met_at"],
        missed_at=row["missed_at"],
        promise=row["promise"],
        calendar=row["calendar"],
        paused=row["paused"],
    )


def deadlines_from_json(text: str | None) -> list[Deadline]:
    """Return the clocks that came with their case in one row."""
    return [
        deadline_from(
            {
                name: _moment(value) if name.endswith("_at") and value else value
                for name, value in row.items()
            }
        )
        for row in json.loads(text or "[]")
    ]


def deadline_row(case_id: UUID, d: Deadline) -> tuple[Any, ...]:
    return (
        case_id,
        d.name,
        d.round,
        d.opened_at,
        d.due_at,
        d.remind_50_at,
        d.remind_80_at,
        d.next_at,
        d.met_at,
        d.missed_at,
        d.promise,
        d.calendar,
        d.paused,
    )


def standing_row(case: CaseFile) -> tuple[Any, ...]:
    return (
        case.id,
        case.site,
        case.country,
        case.category,
        case.severity,
        case.state,
        case.route,
        case.language,
        case.policy_version,
        case.closed_at,
        detail_of(case),
        case.promise_due_at,
        case.joined_to,
        case.is_for_desk,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
