"""What keeps the carriers that are named from being used, and how to mend it."""

from collections.abc import Iterator

from app.actions.carrier_texts import must_register
from app.actions.finding import Finding
from app.carriers.enabled import enabled, variable_of
from app.carriers.model import Carrier
from app.carriers.shelf import BadCarrier, on_shelf
from app.domain.directory import Directory
from app.runtime.settings import Settings

_ENTITY = "ENTITY_ID"


def start_findings(settings: Settings, directory: Directory) -> Iterator[Finding]:
    """Say what `serve` and `worker` refuse to start with, and whom India refuses."""
    try:
        in_use = enabled(
            settings.sms_providers, settings.sms_variables, settings.sms_folder
        )
    except BadCarrier as bad:
        for problem in bad.problems:
            yield Finding(
                problem,
                "The web process and the worker do not start until it is mended.",
                is_grave=True,
            )
        return
    for carrier in in_use.values():
        if _lacks_entity(carrier, settings, directory):
            name = variable_of(carrier.name, _ENTITY)
            yield Finding(
                f"{name} is blank: no text goes to Indian phones through"
                f" {carrier.title} (no_entity).",
                "Set it to the 19 digits of your registration with DLT:"
                " infra/carriers.md says how to get them.",
                is_grave=True,
            )


def shelf_of(settings: Settings) -> dict[str, Carrier] | None:
    """Return the carriers by name; None where a file of them cannot be used."""
    try:
        return dict(on_shelf(settings.sms_folder))
    except BadCarrier:
        return None


def _lacks_entity(carrier: Carrier, settings: Settings, directory: Directory) -> bool:
    """Tell whether a carrier is to text Indian phones and may not."""
    given = {**carrier.defaults, **settings.sms_variables.get(carrier.name, {})}
    if given.get(_ENTITY) or not carrier.can_send or not _may_reach_india(carrier):
        return False
    return "IN" in must_register(carrier, directory, settings.sms_routes)


def _may_reach_india(carrier: Carrier) -> bool:
    only_to = carrier.rules.only_to
    return not only_to or any(prefix.startswith("+91") for prefix in only_to)
