"""One site's chain as a file, for whoever holds heads to check it against.

Without a mandate it holds commitments and nothing else. Under a mandate in
force the events themselves are in it as well, encrypted to the auditor's key;
no plain byte of them is ever on disk. That it was made stands in the ledger
before the file is there.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import app.verifier
from app.actions.mandates import mandate_in_force
from app.actions.opened_cases import Opening, Range, described, shown
from app.domain.calendar import instant
from app.domain.calendar_text import calendar_text
from app.domain.directory import Directory, Site
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.mandates import Mandate
from app.domain.merkle import Tip, Tree, blind
from app.receipts.keys import Purpose, SigningKey
from app.reports.age import Sealed
from app.reports.ledger_file import (
    FORMAT,
    OPENED,
    SITE,
    Pack,
    canonical,
    readme,
)
from app.statistics.model import Audience
from app.store import (
    chains,
    heads,
    mandates,
    opened_chain,
    programme_ledger,
    releases,
)
from app.store.engine import Store, Transaction
from app.store.heads import Kept
from app.store.ids import new_id
from app.store.mandates import ExportMade

_VERIFIER = Path(app.verifier.__file__).with_name("verify_ledger.py")
_BREATH = 100  # heads between two looks at the progress
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `mandate` may be left out where one alone is in force."""

    site: str
    since: date
    until: date
    mandate: UUID | None = None


@dataclass(frozen=True, slots=True)
class LedgerExport:
    """What was made."""

    site: str
    length: int  # of the chain
    head: int  # the number of the newest head in it; 0: there is none yet
    opened: int  # events
    sha256: str
    size: int
    mandate: Mandate | None


@dataclass(slots=True)
class _Work:
    """What is known once the moment of the export is fixed."""

    store: Store
    tx: Transaction
    directory: Directory
    site: Site
    span: Range
    head: Kept | None
    chain: int  # 0: it has none yet
    position: int
    length: int
    at: datetime
    on_progress: Progress
    done: int = 0
    whole: int = 0

    def step(self, count: int = 1) -> None:
        self.done += count
        self.on_progress(self.done, max(self.whole, self.done))


async def export_ledger(
    store: Store,
    wanted: Wanted,
    *,
    out: Path,
    signing: SigningKey,
    by: str,
    at: datetime,
    on_progress: Progress = lambda _done, _whole: None,
) -> LedgerExport:
    """Write the export to `out`, which must not be there yet.

    Everything is read at one moment, in constant memory. `by` names who made it.
    """
    if wanted.until < wanted.since:
        raise BadInput("The range ends before it begins: exchange --from and --to.")
    _check_place(out)
    directory = await store.directory()
    site = directory.sites.get(wanted.site)
    if site is None:
        raise NotFound(f"There is no site {wanted.site}: `threadline sites list`.")
    mandate = await mandate_for(store, site, wanted.mandate, at=at)
    with TemporaryDirectory(prefix=".export-", dir=out.parent) as folder:
        part = Path(folder) / "export.zip"
        made = await _write(
            store, directory, site, wanted, mandate, part, signing, at, on_progress
        )
        await _record(store, made, wanted, by=by, at=at)
        part.rename(out)
    return made


def _check_place(out: Path) -> None:
    if out.exists():
        raise BadInput(f"{out} is there already: name another file.")
    if not out.parent.is_dir():
        raise BadInput(f"There is no folder {out.parent}: make it first.")


async def mandate_for(
    store: Store, site: Site, named: UUID | None, *, at: datetime
) -> Mandate | None:
    """Return the mandate under which the events of a site may be opened, if any."""
    if named is not None:
        mandate = await mandate_in_force(store, named, at=at)
        if not mandate.covers(site):
            raise Refused(f"This mandate does not cover site {site.code}.")
        return mandate
    async with store.transaction() as tx:
        found = [m for m in await mandates.in_force(tx, at.date()) if m.covers(site)]
    held = []
    for each in found:
        with suppress(Refused):  # Its auditor serves no longer.
            held.append(await mandate_in_force(store, each.id, at=at))
    if len(held) > 1:
        raise BadInput(
            f"{len(held)} mandates cover site {site.code}: say which with --mandate"
            " (`threadline mandates list`)."
        )
    return held[0] if held else None


async def _write(
    store: Store,
    directory: Directory,
    site: Site,
    wanted: Wanted,
    mandate: Mandate | None,
    part: Path,
    signing: SigningKey,
    at: datetime,
    on_progress: Progress,
) -> LedgerExport:
    span = Range(wanted.since, wanted.until)
    async with (
        store.connection() as link,
        link.connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # The service's limits on a statement are not meant for an audit.
        await link.connection.execute("SET LOCAL statement_timeout = 0")
        await link.connection.execute(
            "SET LOCAL idle_in_transaction_session_timeout = 0"
        )
        head = await heads.not_after(link, _end_of(wanted.until, site))
        held = await chains.chain_of(link, site.code) if head else None
        tip = await chains.tip_at(link, held[0], head.number) if held and head else None
        work = _Work(
            store=store,
            tx=link,
            directory=directory,
            site=site,
            span=span,
            head=head,
            chain=held[0] if held else 0,
            position=held[1] if held else 0,
            length=tip.n if tip else 0,
            at=at,
            on_progress=on_progress,
        )
        opened = 0
        work.whole = work.length * (2 if mandate else 1) + (head.number if head else 0)
        with part.open("xb") as file:  # in a folder that only we may enter
            pack = Pack(file, at)
            await _write_chain(work, pack)
            await _write_heads(work, pack)
            plain = ""
            if mandate is not None:
                sealed = part.with_name(OPENED)
                opened, plain = await _write_opened(work, mandate, sealed)
                pack.add_file(OPENED, sealed)
            _close(work, pack, mandate, signing, plain)
    # A thread: other work of this process goes on meanwhile.
    digest, size = await asyncio.to_thread(_digest_of, part)
    return LedgerExport(
        site=site.code,
        length=work.length,
        head=head.number if head else 0,
        opened=opened,
        sha256=digest,
        size=size,
        mandate=mandate,
    )


def _end_of(day: date, site: Site) -> datetime:
    """Return the last full hour that is still of the day at the site."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return instant(midnight, ZoneInfo(site.timezone))


async def _write_chain(work: _Work, pack: Pack) -> None:
    with pack.open("chain.jsonl") as out:
        n = 0
        async for leaf in opened_chain.leaves(work.tx, work.chain, work.length):
            n += 1
            out.write(b'{"leaf":"%b","n":%d}\n' % (leaf.hex().encode(), n))
            if n % 1000 == 0:
                work.step(1000)
        work.step(n % 1000)


async def _write_heads(work: _Work, pack: Pack) -> None:
    """Write every head with the way from this chain up to it."""
    with pack.open("heads.jsonl") as out:
        if work.head is None:
            return
        tips: dict[int, Tip] = {}
        noted = chains.tips_by_head(work.tx)
        ahead = await anext(noted, None)
        async for kept in heads.up_to(work.tx, work.head.number):
            while ahead is not None and ahead[0] <= kept.number:
                tips[ahead[1]] = ahead[2]
                ahead = await anext(noted, None)
            out.line(_shown_head(work, kept, tips))
            if kept.number % _BREATH == 0:
                work.step(_BREATH)
                await asyncio.sleep(0)


def _shown_head(work: _Work, kept: Kept, tips: dict[int, Tip]) -> dict[str, Any]:
    secret, position = heads.secret_of(work.store, kept), work.position
    is_there = position in tips
    if not is_there and (position >= kept.width or not work.chain):
        # Its own place is in wider trees only: an empty one shows as much.
        position = next(n for n in range(kept.width) if n not in tips)
    return {
        **kept.file(),
        "index": position,
        "blind": blind(secret, position).hex(),
        "n": tips[position].n if is_there else 0,
        "path": [each.hex() for each in Tree(secret, kept.width, tips).path(position)],
    }


async def _write_opened(work: _Work, mandate: Mandate, path: Path) -> tuple[int, str]:
    """Write the encrypted part; return how many events, and its plain digest."""
    sealed = Sealed(path, mandate.recipient)
    try:
        opened = await _write_events(work, Pack(sealed, work.at))
        return opened, sealed.close().plain_sha256
    except BaseException:
        sealed.abandon()
        raise


async def _write_events(work: _Work, pack: Pack) -> int:
    last_seq = work.head.last_seq if work.head else 0
    told = [
        each
        for each in await opened_chain.published(work.tx, work.site.code, last_seq)
        if work.span.has_period(each.period)
    ]
    opening = Opening(
        work.site,
        work.directory,
        work.span,
        last_seq,
        sorted({each.last_seq for each in told}),
    )
    opened = 0
    with pack.open("events.jsonl") as out:
        async for case in opened_chain.cases_in(
            work.store, work.tx, work.chain, work.length
        ):
            links = opening.take(case) or ()
            for link in links:
                out.line(shown(case.id, link))
            opened += len(links)
            work.step(len([each for each in case.links if each.n is not None]))
    opening.forgotten(
        await opened_chain.counted_at(work.tx, work.site.code, opening.withheld)
    )
    cells = [opening.cell(each) for each in told]
    claims = opening.claims(work.length, opened)
    claims["unopened"]["figures"] += sum(not cell["opened"] for cell in cells)
    pack.add_json("calendars.json", _calendars(work.directory, opening.calendars))
    pack.add_json("policies.json", await opened_chain.policies(work.tx))
    pack.add_json(SITE, described(work.site))
    pack.add_json("claims.json", claims)
    with pack.open("published.jsonl") as out:
        for cell in cells:
            out.line(cell)
    await _write_releases(work, pack, last_seq)
    pack.close()
    return opened


async def _write_releases(work: _Work, pack: Pack, last_seq: int) -> None:
    """Write what was published, whole, so that its digests can be made anew."""
    with pack.open("releases.jsonl") as out:
        for head in reversed(await releases.releases(work.tx)):
            if head.audience not in {*Audience} or head.last_seq > last_seq:
                continue
            cells = await releases.cells(
                work.tx, audience=head.audience, number=head.number
            )
            release = {
                "audience": head.audience,
                "release": head.number,
                "as_of": head.as_of.astimezone(UTC).isoformat(),
                "last_seq": head.last_seq,
                "definitions": head.definitions,
                "threshold": head.threshold,
                "sha256": head.sha256.hex(),
                "cells": releases.rows_of(cells),
            }
            # A thread, as there are many cells: other work goes on meanwhile.
            await asyncio.to_thread(out.line, release)


def _calendars(directory: Directory, named: set[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for each in sorted(named):
        past = directory.past_calendars.get(each)
        calendar = directory.calendar_named(each)
        if past is not None:
            texts[each] = past.text
        elif calendar is not None:
            texts[each] = calendar_text(calendar)
    return texts


def _close(
    work: _Work,
    pack: Pack,
    mandate: Mandate | None,
    signing: SigningKey,
    plain: str,
) -> None:
    since, until = work.span.since.isoformat(), work.span.until.isoformat()
    made_at = work.at.astimezone(UTC).isoformat()
    pack.add(
        "README.txt",
        readme(work.site.code, since, until, made_at, is_opened=mandate is not None),
    )
    pack.add("verify_ledger.py", _VERIFIER.read_bytes())
    manifest = {
        "format": FORMAT,
        "site": work.site.code,
        "from": since,
        "to": until,
        "made_at": made_at,
        "mandate": str(mandate.id) if mandate else "",
        "key": str(signing.public),
        "head": work.head.number if work.head else 0,
        "length": work.length,
        "files": dict(pack.digests),
        "opened": plain,
    }
    pack.add_json("manifest.json", manifest)
    signature = signing.sign(Purpose.EXPORT, canonical(manifest))
    pack.add("manifest.sig", signature.hex().encode() + b"\n")
    pack.close()


def _digest_of(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


async def _record(
    store: Store, made: LedgerExport, wanted: Wanted, *, by: str, at: datetime
) -> None:
    """Write down that it was made: before the file is in place, or not at all."""
    facts = {
        "kind": "ledger",
        "site": made.site,
        "from": wanted.since.isoformat(),
        "to": wanted.until.isoformat(),
        "mandate": str(made.mandate.id) if made.mandate else "",
        "head": made.head,
        "rows": made.length,
        "opened": made.opened,
        "sha256": made.sha256,
        "through": by,
    }
    async with store.transaction() as tx:
        await mandates.made(
            tx,
            ExportMade(
                id=new_id(at),
                mandate_id=made.mandate.id if made.mandate else None,
                kind="ledger",
                at=at,
                rows=made.length,
                bytes=made.size,
                sha256=bytes.fromhex(made.sha256),
                by=by,
            ),
        )
        await programme_ledger.record(store, tx, "export.made", facts, "system", at)
