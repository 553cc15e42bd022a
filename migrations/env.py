"""How alembic reaches the database: asyncpg, 4 s for a lock, 5 s a statement.

`threadline migrate` hands over a connection; the alembic command (`alembic
check`, `alembic revision`) makes its own from DATABASE_URL.
"""

import asyncio
import os
from typing import Any

import asyncpg
from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import app.store.rows  # noqa: F401 (describes the tables to SQLModel)
from app.store.migrate import LIMITS


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        transaction_per_migration=True,
        on_version_apply=_remember,
    )
    with context.begin_transaction():
        context.run_migrations()


def _remember(*_: Any, **told: Any) -> None:
    step = told["step"]
    if step.is_upgrade:
        context.config.attributes.get("applied", []).append(step.up_revision_id)


async def connect_and_run() -> None:
    address = os.environ["DATABASE_URL"]
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(address, server_settings=LIMITS),
        poolclass=NullPool,
        hide_parameters=True,
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        target_metadata=SQLModel.metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(connect_and_run())
