"""Import a dated policy: what is promised from its date on."""

from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from app.directory_files.record import Imported
from app.domain.errors import Refused
from app.domain.policy import Policy, parse_policy
from app.store.audit import Audited, write
from app.store.directory import keep_calendars
from app.store.engine import Store
from app.store.imports import bump_directory_version, lock_imports
from app.store.policies import (
    database_is_demo,
    has_policies,
    policy_text,
    policy_uses,
    save_policy,
)


def shipped_policy() -> Policy:
    """Return the policy that comes with the service (DOMAIN.md, section 4)."""
    text = files("app.data").joinpath("policy-default.toml").read_text("utf-8")
    return parse_policy(text)


async def import_policy(
    store: Store,
    toml_text: str,
    *,
    at: datetime,
    is_demo: bool = False,
    by: UUID | None = None,
    through: str = "service",
) -> Imported:
    """Add or replace one version; categories left out are the shipped ones.

    A version under which cases were opened keeps its content. `is_demo`
    marks a policy that only a database made for the demo may hold; a file
    may also mark itself. Raises `BadInput` with every problem of the file,
    and `Refused` where the version may not be written.
    """
    policy = parse_policy(toml_text, base=shipped_policy())
    policy = replace(policy, is_demo=is_demo or policy.is_demo)
    async with store.transaction() as tx:
        await lock_imports(tx.connection)
        if policy.is_demo and not await database_is_demo(tx.connection):
            raise Refused(
                "this policy is for the demo only: its clocks are seconds. Import it"
                " where `threadline run` made the database"
            )
        before = await policy_text(tx.connection, policy.version)
        if before is not None and _promises(before) == policy:
            return Imported(unchanged=1, rows=((1, policy.version),))
        if before is not None and await policy_uses(tx.connection, policy.version):
            raise Refused(
                f"cases were opened under the policy of {policy.version}: it stays as"
                " it is. Give the new one a later version"
            )
        await save_policy(tx.connection, policy, at=at)
        await bump_directory_version(tx.connection)
        verb = "added" if before is None else "changed"
        audited = Audited(f"policy.{verb}", {"key": policy.version})
        await write(tx, [audited], by=by, through=through, at=at)
    return Imported(
        added=int(before is None),
        changed=int(before is not None),
        rows=((1, policy.version),),
    )


def _promises(text: str) -> Policy:
    """Return a stored policy; one from before ladders climbs as the shipped one."""
    return parse_policy(text, climb=shipped_policy())


async def ensure_default_policy(store: Store, *, at: datetime) -> None:
    """Put the shipped policy into a database that has none yet.

    And write down the calendars of sites from before calendars had versions.
    """
    async with store.transaction() as tx:
        await lock_imports(tx.connection)
        if await keep_calendars(tx.connection, at=at):
            await bump_directory_version(tx.connection)
        if not await has_policies(tx.connection):
            await save_policy(tx.connection, shipped_policy(), at=at)
            await bump_directory_version(tx.connection)
