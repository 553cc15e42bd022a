"""What the doctor finds of texts that a carrier would not let through."""

from collections.abc import Iterator

from app.actions.carrier_texts import WHATSAPP, all_texts, must_register, standing
from app.actions.finding import Finding
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.domain.directory import Directory
from app.runtime.settings import Settings
from app.store import carrier_texts
from app.store.engine import Transaction
from app.wording.catalog import Catalog

_NAMED = 3  # texts named one by one


async def text_findings(
    tx: Transaction, catalog: Catalog, settings: Settings, directory: Directory
) -> list[Finding]:
    """Say of each carrier that takes only registered texts which it lacks."""
    texts, routes, findings = all_texts(catalog), settings.sms_routes, list[Finding]()
    for carrier in _choosy(settings, directory):
        ids = await carrier_texts.of_carrier(tx, carrier.name)
        told = standing(texts, ids, carrier, directory, routes, only_where_needed=True)
        missing = [each.text.text_id for each in told if each.is_missing]
        count = sum(not each.text.why_not for each in told)
        findings += _missing(carrier.name, missing, count)
    return findings


def _choosy(settings: Settings, directory: Directory) -> list[Carrier]:
    """Return the carriers in use that take only registered texts, somewhere."""
    shelf, routes = on_shelf(settings.sms_folder), settings.sms_routes
    choosy = [
        carrier
        for name in settings.sms_providers
        if (carrier := shelf.get(name)) is not None
        and (carrier.needs_template or must_register(carrier, directory, routes))
    ]
    has_whatsapp = settings.twilio_whatsapp_from and WHATSAPP in shelf
    return [*choosy, shelf[WHATSAPP]] if has_whatsapp else choosy


def _missing(name: str, missing: list[str], count: int) -> Iterator[Finding]:
    if not missing:
        return
    few = ", ".join(missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    yield Finding(
        f"{len(missing)} of {count} texts have no registered id on {name} and are"
        f" never sent through it: {few}{more}.",
        f"`threadline texts export --provider {name} --missing`, register them, then"
        f" `threadline texts import --provider {name} FILE`.",
        is_grave=True,
    )
