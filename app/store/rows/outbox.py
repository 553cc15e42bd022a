"""What is owed to the outside: one row a message and recipient."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text as sql
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, text


class Owed(SQLModel, table=True):
    """A debt written in the transaction in which it arose.

    `state`: owed, unknown (sent, outcome not known: look it up first), sent,
    failed, expired, dropped (the recipient may be told nothing more), skipped
    (it is no longer true, or no longer its reader's; `last_error` says why).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("case_id", "key", name="uq_outbox_case_key"),
        Index(
            "ix_outbox_next_at", "next_at", postgresql_where=sql("next_at IS NOT NULL")
        ),
        Index(
            "ix_outbox_provider_id",
            "provider_id",
            postgresql_where=sql("provider_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_person",
            "recipient_key",
            postgresql_where=sql("next_at IS NOT NULL AND recipient_kind = 'person'"),
        ),
        Index(
            "ix_outbox_reply_expires_at",
            "expires_at",
            postgresql_where=sql("recipient_kind = 'reply' AND params <> '{}'"),
        ),
        Index(
            "ix_outbox_reply",
            "recipient_key",
            postgresql_where=sql("next_at IS NOT NULL AND recipient_kind = 'reply'"),
        ),
        Index("ix_outbox_digest", "digest", postgresql_where=sql("digest IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID | None = Field(nullable=True)
    key: str = text()
    recipient_kind: str = text()  # worker, phone, person, brand, brand_webhook, reply
    recipient_key: str = text()
    template: str = text()
    params: dict[str, Any] = json()
    created_at: datetime = instant()
    next_at: datetime | None = instant(nullable=True)  # None: settled
    expires_at: datetime = instant()
    lease_until: datetime | None = instant(nullable=True)
    attempt: int = Field(default=0)
    state: str = text()
    provider_id: str | None = text(nullable=True)
    delivery: str | None = text(nullable=True)  # the carrier's word, monotone
    last_error: str | None = text(nullable=True)  # class and code, never a text
    sent_at: datetime | None = instant(nullable=True)
    shown: str | None = text(nullable=True)  # the worded message; demo databases only
    digest: UUID | None = Field(nullable=True)  # the row with which it goes out
    carrier: str | None = text(nullable=True)  # through whom a text was last tried
    # The attempt at which it was first handed to that carrier under the same id.
    first_try: int | None = Field(default=None, nullable=True)
    # It was due, and was put down for its reader's hour or turn.
    is_put_down: bool = Field(
        default=False, sa_column_kwargs={"server_default": "false"}
    )


class DigestTurn(SQLModel, table=True):
    """Until when a person gets no further gathered message."""

    __tablename__ = "digest_turn"

    person: str = text(primary_key=True)
    free_at: datetime = instant()
