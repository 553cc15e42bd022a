"""The tables, described and nothing else: every statement lives in the store.

SQLModel does not validate table models, so nothing outside the store builds
one; constraints that matter are the database's own.
"""

from app.store.rows import cases, directory, outbox, phones, programme

__all__ = ["cases", "directory", "outbox", "phones", "programme"]
