"""The tables, described and nothing else: every statement lives in the store.

SQLModel does not validate table models, so nothing outside the store builds
one; constraints that matter are the database's own.
"""

from app.store.rows import (
    calls,
    carriers,
    cases,
    directory,
    figures,
    outbox,
    outsiders,
    pages,
    phones,
    programme,
    recheck,
    rooms,
)

__all__ = [
    "calls",
    "carriers",
    "cases",
    "directory",
    "figures",
    "outbox",
    "outsiders",
    "pages",
    "phones",
    "programme",
    "recheck",
    "rooms",
]
