"""How the service is set up: what the environment says, and what is amiss."""

from starlette.responses import Response

from app.console.admin.overview import findings
from app.console.frame import Door, Place, Visit
from app.runtime.settings import Settings
from app.wording.line import N_

PAGE = "/room/admin/settings"


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "admin", _settings),)


async def _settings(visit: Visit) -> Response:
    settings = visit.door.parts.settings
    directory = visit.directory
    return visit.page(
        "admin_settings.html",
        said=_said(settings),
        secrets=_secrets(settings),
        switches=_switches(settings),
        findings=await findings(visit),
        policy=directory.policy_on(visit.day).version,
        counts=(
            (N_("Sites"), len(directory.sites)),
            (N_("Brands"), len(directory.brands)),
            (N_("People"), len(directory.people)),
            (N_("Hotline numbers"), len(directory.numbers)),
            (N_("Helplines"), len(directory.helplines)),
        ),
    )


def _said(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Return each setting with its variable and value; none of them is a secret."""
    return (
        (N_("Public address"), "PUBLIC_BASE_URL", settings.public_base_url),
        (
            N_("Seconds in which notices are gathered into one"),
            "THREADLINE_DIGEST_SECONDS",
            f"{settings.digest_seconds:g}",
        ),
        (
            N_("Seconds between two looks at the clocks"),
            "SWEEP_SECONDS",
            f"{settings.sweep_seconds:g}",
        ),
        (N_("Number that texts"), "TWILIO_SMS_FROM", settings.twilio_sms_from),
        (N_("Where Leave quickly leads"), "WEB_LEAVE_URL", settings.leave_url),
    )


def _secrets(settings: Settings) -> tuple[tuple[str, str, bool], ...]:
    """Return of each secret whether it is set, and never what it is."""
    return (
        (N_("Key that seals what was said"), "THREADLINE_KEYS", bool(settings.keys)),
        (
            N_("Token of the carrier"),
            "TWILIO_AUTH_TOKEN",
            bool(settings.twilio_auth_tokens or settings.twilio_shared_keys),
        ),
        (N_("Mail server"), "SMTP_URL", bool(settings.smtp_url)),
        (
            N_("Key that signs receipts"),
            "THREADLINE_SIGNING_KEY",
            bool(settings.signing_key),
        ),
    )


def _switches(settings: Settings) -> tuple[tuple[str, str, bool], ...]:
    return (
        (N_("The command line may read texts"), "CLI_MAY_READ", settings.cli_may_read),
        (
            N_("A machine's voice speaks where nobody has recorded"),
            "ALLOW_SYNTHETIC_PROMPTS",
            settings.allow_synthetic_prompts,
        ),
    )
