"""Every setting, read once from the environment and checked."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.runtime.variables import Variables

SmsRoutes = Mapping[str, tuple[str, ...]]  # by country; "*" is every other one

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PEPPER_PURPOSE = b"threadline|pepper|1"
_SIGNING_PURPOSE = b"threadline|signing|1"
_TWILIO = "twilio"  # needs no naming in SMS_PROVIDERS: TWILIO_… set it up


class SettingsError(Exception):
    """The environment does not describe a service that could run safely.

    Lists every problem with its mending at once, and no value: what is wrong
    may be a secret.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings; what is secret never appears in its repr."""

    home: Path
    host: str
    port: int
    public_base_url: str
    database_url: str = field(repr=False)  # blank: embedded
    redis_url: str = field(repr=False)  # blank: embedded
    keys: tuple[bytes, ...] = field(repr=False)
    pepper: bytes = field(repr=False)
    cli_may_read: bool
    twilio_account_sid: str
    twilio_auth_tokens: tuple[str, ...] = field(repr=False)  # current, previous
    twilio_shared_keys: Mapping[str, str] = field(repr=False)  # id -> secret
    twilio_api_base: str
    twilio_sms_from: str
    smtp_url: str = field(repr=False)
    sweep_seconds: float
    allow_synthetic_prompts: bool
    digest_seconds: float = 900.0  # 0: every notice is a message of its own
    leave_url: str = "https://www.google.com"  # where "Leave quickly" leads
    trusted_proxies: str = "127.0.0.1"  # whose word on an address is believed
    signing_key: bytes = field(default=b"", repr=False)  # of receipts and heads
    timestamp_url: str = ""  # who stamps heads (RFC 3161); blank: nobody
    threshold: int = 10  # complaints under which nothing is told
    threshold_auditor: int = 5  # the same toward auditors
    twilio_whatsapp_from: str = ""  # E.164; blank: no WhatsApp but in answers
    sms_providers: tuple[str, ...] = ()  # carriers beside Twilio that may post here
    sms_routes: SmsRoutes = field(default_factory=dict)  # through whom texts go
    sms_folder: Path | None = None  # the operator's own carrier files
    # Whose missed calls are returned beside those of a line's own country: how they
    # begin; and how many an hour.
    call_back_to: tuple[str, ...] = ()
    call_backs_per_hour: int = 120
    # By carrier, what its file asks for.
    sms_variables: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict, repr=False
    )

    @property
    def is_somleng(self) -> bool:
        """Tell whether Somleng stands in Twilio's place: its account ids are UUIDs."""
        return _UUID.fullmatch(self.twilio_account_sid) is not None


def read_settings(environ: Mapping[str, str], *, generated: bool = False) -> Settings:
    """Return the settings; raise `SettingsError` with every problem found.

    `generated` gives the defaults of `threadline run`: the public address is
    the local one and the CLI may read texts. Everywhere else both must be
    said. Surrounding blanks are dropped; a blank variable is a missing one.
    """
    variables = Variables(environ)
    host = variables.word("HOST", default="127.0.0.1")
    port = variables.whole("PORT", default=8000, least=1, most=65535)
    keys = variables.keys("THREADLINE_KEYS")
    pepper = variables.pepper("THREADLINE_PEPPER")
    if keys and not pepper:
        pepper = _pepper_from(keys[-1])
    signing_key = variables.key("THREADLINE_SIGNING_KEY")
    providers = variables.names("SMS_PROVIDERS")
    settings = Settings(
        home=Path(variables.text("THREADLINE_HOME", default=".threadline")).absolute(),
        host=host,
        port=port,
        public_base_url=variables.web_address(
            "PUBLIC_BASE_URL", default=_local_address(host, port) if generated else ""
        ),
        database_url=variables.database("DATABASE_URL"),
        redis_url=variables.address(
            "REDIS_URL", schemes=("redis", "rediss", "unix"), default=""
        ),
        keys=keys,
        pepper=pepper,
        cli_may_read=variables.switch("CLI_MAY_READ", default=generated),
        twilio_account_sid=variables.word("TWILIO_ACCOUNT_SID"),
        twilio_auth_tokens=variables.tokens(
            "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_PREVIOUS"
        ),
        twilio_shared_keys=variables.pairs("TWILIO_SHARED_KEYS"),
        twilio_api_base=variables.web_address(
            "TWILIO_API_BASE", default="https://api.twilio.com"
        ),
        twilio_sms_from=variables.word("TWILIO_SMS_FROM", default=""),
        smtp_url=variables.address(
            "SMTP_URL", schemes=("smtp", "smtps", "smtp+starttls"), default=""
        ),
        sweep_seconds=variables.seconds("SWEEP_SECONDS", default=5.0, most=30.0),
        allow_synthetic_prompts=variables.switch(
            "ALLOW_SYNTHETIC_PROMPTS", default=generated
        ),
        digest_seconds=variables.seconds(
            "THREADLINE_DIGEST_SECONDS", default=900.0, least=0.0, most=900.0
        ),
        trusted_proxies=variables.word("TRUSTED_PROXIES", default="127.0.0.1"),
        leave_url=variables.web_address(
            "WEB_LEAVE_URL", default="https://www.google.com"
        ),
        signing_key=signing_key or _signing_key_from(pepper),
        timestamp_url=variables.address(
            "TIMESTAMP_URL", schemes=("http", "https"), default=""
        ),
        threshold=variables.whole(
            "STATISTICS_THRESHOLD", default=10, least=10, most=999
        ),
        threshold_auditor=variables.whole(
            "STATISTICS_THRESHOLD_AUDITOR", default=5, least=5, most=999
        ),
        twilio_whatsapp_from=variables.number("TWILIO_WHATSAPP_FROM"),
        sms_providers=providers,
        sms_routes=variables.routes("SMS_ROUTES", among=(_TWILIO, *providers)),
        sms_folder=variables.folder("SMS_FOLDER"),
        call_back_to=variables.prefixes("CALL_BACK_TO"),
        call_backs_per_hour=variables.whole(
            "CALL_BACKS_PER_HOUR", default=120, least=1, most=100_000
        ),
        sms_variables={
            provider: variables.beginning(f"SMS_{provider.upper()}_")
            for provider in providers
        },
    )
    if not settings.twilio_auth_tokens and not settings.twilio_shared_keys:
        variables.problem(
            "TWILIO_AUTH_TOKEN",
            "is missing, and so is TWILIO_SHARED_KEYS: without one of them no "
            "message from Twilio can be told from a forged one. Copy the token "
            "from Twilio's console",
        )
    if variables.problems:
        raise SettingsError(tuple(variables.problems))
    return settings


def _local_address(host: str, port: int) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (name the nearest interface)
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _pepper_from(key: bytes) -> bytes:
    """Derive the pepper from the last, that is oldest, key.

    New keys are put in front, so the pepper, and with it every phone tag and
    PIN hash, outlives a change of keys.
    """
    return hmac.digest(key, _PEPPER_PURPOSE, hashlib.sha256)


def _signing_key_from(pepper: bytes) -> bytes:
    """Derive the signing key, so that all processes of a programme have the same.

    Its public half is given away, and a pepper that a person chose could be
    guessed against it: each guess is made to cost 16 MB and some milliseconds.
    """
    return hashlib.scrypt(pepper, salt=_SIGNING_PURPOSE, n=2**14, r=8, p=1, dklen=32)
