"""One answer and the requests of each operation, as the description shows them."""

from collections.abc import Mapping
from typing import Any

_CASE = {
    "number": "10000007",
    "state": "acknowledged",
    "category": "WAGE",
    "severity": "S3",
    "route": "committee",
    "country": "BD",
    "site": "482170",
    "opened_on": "2026-09-01",
    "closed_on": None,
    "next_due_at": "2026-09-08T12:00:00Z",
    "is_overdue": False,
}
_CLOCK = {
    "name": "first_action",
    "round": 0,
    "promise": "5wd",
    "due_at": "2026-09-08T12:00:00Z",
    "state": "running",
    "met_on": None,
    "is_met_late": False,
}
_PERSON = {
    "id": "0190d9a4-0000-7000-8000-000000000001",
    "name": "Rahima Khatun",
    "role": "committee",
}
_ATTEMPT = {
    "id": "0190d9a4-0000-7000-8000-000000000002",
    "webhook_id": "0190d9a4-0000-7000-8000-000000000003",
    "brand": "norda",
    "at": "2026-09-09T04:00:00Z",
    "type": "brand_missed",
    "status": "204",
    "milliseconds": 182,
    "state": "sent",
    "next_at": None,
}

_PLACE = {
    "code": "482170",
    "name": "Shapla Apparels",
    "country": "BD",
    "os_id": "BD2021123456789",
}
_DAY = {"day": "2026-09-01", "is_month": False}
_BRAND_CASE = {
    "handle": "10000007",
    "depth": "whole",
    "country": "BD",
    "site": "482170",
    "category": "WAGE",
    "severity": "S3",
    "state": "in_review",
    "told_at": "2026-09-09T04:00:00Z",
    "has_promised": True,
    "answer_due_at": "2026-09-11T04:00:00Z",
}
_REMEDY = {
    "id": "0190d9a4-0000-7000-8000-000000000004",
    "kind": "back_pay",
    "root_cause": "late_payment",
    "owner": "brand",
    "due_on": "2026-10-01",
    "state": "planned",
    "is_late": False,
    "action": "Pay the open invoices of July.",
    "evidence": "",
    "beneficiaries": None,
    "amount": None,
    "currency": None,
    "done_at": None,
    "confirmed_at": None,
}
_DONE = {"handle": "10000007"}

# What an answer with 2xx says, by operation.
SAYS: Mapping[str, str] = {
    "get_me": "Who it is, and what the token is for.",
    "list_cases": "One page of cases.",
    "get_case": "The case.",
    "list_events": "What happened.",
    "act_on_case": "It was done. Idempotent-Replay: true where that was before.",
    "list_hook_attempts": "One page of tries.",
    "replay_hook": "It is owed again; the log shows what comes of it.",
    "list_sites": "The sites.",
    "list_brand_cases": "One page of escalations.",
    "get_brand_case": "What the brand reads of it.",
    "promise": "The promise is kept with the case.",
    "answer": "The answer is on record.",
    "list_words": "The thread.",
    "add_word": "It was written.",
    "hand_lead": "The lead was handed on.",
    "list_remedies": "The plan.",
    "plan_remedy": "It stands in the plan.",
    "finish_remedy": "It is marked as done.",
    "drop_remedy": "It was dropped.",
}

ANSWERS: Mapping[str, Any] = {
    "get_me": {
        "name": "Rahima Khatun",
        "role": "committee",
        "org": ["482170"],
        "token": "the factory's own list",
        "scopes": ["cases:read", "cases:act"],
        "expires_at": "2026-12-01T00:00:00Z",
    },
    "list_cases": {"cases": [_CASE], "next": "c2VhbGVk"},
    "get_case": {
        **_CASE,
        "opened_at": None,
        "language": "bn",
        "channel": "sms",
        "may_be_told": True,
        "taken_by": {"kind": "committee", "name": "Rahima Khatun"},
        "recused": None,
        "recused_count": 0,
        "clocks": [_CLOCK],
        "climbed": [],
        "joined_to": None,
        "parts": 0,
        "people": [_PERSON],
        "verbs": ["start", "note", "tell"],
    },
    "list_events": {
        "events": [
            {
                "on": "2026-09-01",
                "at": None,
                "kind": "case.opened",
                "by": {"kind": "worker", "name": None},
            },
            {
                "on": "2026-09-02",
                "at": "2026-09-02T05:10:00Z",
                "kind": "case.acknowledged",
                "by": {"kind": "committee", "name": "Rahima Khatun"},
            },
        ]
    },
    "act_on_case": {"number": "10000007", "state": "in_review", "notice": None},
    "list_brand_cases": {"cases": [_BRAND_CASE], "next": None},
    "get_brand_case": {
        **_BRAND_CASE,
        "number": "10000007",
        "ask": ["partner@example.org"],
        "missed": ["first_action"],
        "place": _PLACE,
        "opened_on": _DAY,
        "count": None,
        "days": None,
        "paths": [
            {"through": None, "site": _PLACE, "since": "2025-01-01", "until": None}
        ],
        "clocks": [
            {
                "name": "first_action",
                "round": 0,
                "due_on": _DAY,
                "met_on": None,
                "is_ended": False,
                "is_missed": True,
                "late_seconds": 28800,
            }
        ],
        "tried": [{"on": _DAY, "what": "acknowledged"}],
        "told": [
            {"at": "2026-09-09T04:00:00Z", "reason": "missed", "answered_at": None}
        ],
        "brands": ["kesto", "norda"],
        "lead": "norda",
    },
    "promise": _DONE,
    "answer": _DONE,
    "list_words": {
        "words": [
            {
                "at": "2026-09-09T06:00:00Z",
                "by": "norda",
                "text": "We pay the open invoices this week.",
            }
        ]
    },
    "add_word": _DONE,
    "hand_lead": _DONE,
    "list_remedies": {"remedies": [_REMEDY]},
    "plan_remedy": {**_DONE, "id": _REMEDY["id"]},
    "finish_remedy": _DONE,
    "drop_remedy": _DONE,
    "list_hook_attempts": {"attempts": [_ATTEMPT], "next": None},
    "replay_hook": {"webhook_id": "0190d9a4-0000-7000-8000-000000000003"},
    "list_sites": {
        "sites": [
            {
                "code": "482170",
                "name": "Shapla Apparels",
                "country": "BD",
                "region": "Gazipur",
                "kind": "garment",
                "tier": 1,
                "os_id": "BD2021123456789",
                "timezone": "Asia/Dhaka",
                "workers": 900,
            }
        ]
    },
}

REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "act_on_case": {
        "start": {"verb": "start", "note": "The pay register was looked at."},
        "tell": {"verb": "tell", "note": "Your pay comes on Thursday."},
        "severity": {"verb": "severity", "severity": "S2", "note": "Many are unpaid."},
    },
    "answer": {"usual": {"note": "Our country office has taken it up."}},
    "add_word": {"usual": {"text": "We pay the open invoices this week."}},
    "hand_lead": {"usual": {"brand": "kesto"}},
    "plan_remedy": {
        "usual": {
            "root_cause": "late_payment",
            "owner": "brand",
            "due_on": "2026-10-01",
            "kind": "back_pay",
            "action": "Pay the open invoices of July.",
        }
    },
    "finish_remedy": {
        "usual": {
            "evidence": "The bank's advice of 30 September.",
            "beneficiaries": 41,
            "amount": "98400.00",
            "currency": "BDT",
        }
    },
}
