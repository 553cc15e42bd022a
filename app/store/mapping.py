"""A case between its rows and the value that the rules know."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.case import CaseFile, Deadline, Pause, Signature
from app.domain.ledger import canonical
from app.domain.taxonomy import Category, Clock, Conflict, Route, Severity, Side, State

CASE_COLUMNS = (
    "id, number, data_key, phone_tag, site, country, category, severity, state,"
    " route, language, channel, hotline, policy_version, opened_at, closed_at, detail"
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
        deadlines=tuple(deadlines),
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
        suggested_sites=tuple(detail.get("suggested_sites", ())),
        alerted=frozenset(detail.get("alerted", ())),
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
    "handovers",
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
    detail["pauses"] = [
        {
            "since": p.since.isoformat(),
            "until": p.until.isoformat() if p.until else None,
            "reason": p.reason,
            "by": str(p.by),
        }
        for p in case.pauses
    ]
    detail["contact_attempts"] = [at.isoformat() for at in case.contact_attempts]
    detail["withdraw_asked_at"] = (
        case.withdraw_asked_at.isoformat() if case.withdraw_asked_at else None
    )
    detail["suggested_sites"] = list(case.suggested_sites)
    detail["alerted"] = sorted(case.alerted)
    return canonical({k: v for k, v in detail.items() if v is not None and v != []})


def deadline_from(row: Mapping[str, Any]) -> Deadline:
    return Deadline(
        name=Clock(row["name"]),
        round=row["round"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        remind_50_at=row["remind_50_at"],
        remind_80_at=row["remind_80_at"],
        next_at=row["next_at"],
        met_at=row["met_at"],
        missed_at=row["missed_at"],
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
        case.closed_at,
        detail_of(case),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
