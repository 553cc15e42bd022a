"""Which gateway takes what, by the settings and by whether this is a demo."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from urllib.parse import urlsplit

from app.carriers.abilities import SOMLENG, Dialect, must_be_registered
from app.carriers.enabled import enabled
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.domain.hosts import is_loopback
from app.gateways.console import Console, shown
from app.gateways.http_sms import HttpSms
from app.gateways.mail import SmtpMail
from app.gateways.texts import Sms, TextRouter
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_media import TwilioMedia
from app.gateways.twilio_recordings import TwilioRecordings
from app.gateways.twilio_sms import TwilioSms
from app.gateways.twilio_voice import TwilioVoice
from app.gateways.twilio_whatsapp import NAME as WHATSAPP, TwilioWhatsApp
from app.gateways.webhook import BrandWebhook
from app.outbox.owed import Call, Hook, Mail, Parcel, Receipt, Text
from app.outbox.settlement import Misconfigured
from app.runtime.settings import Settings


class Gateways:
    """The far sides of one process; None where settings are missing.

    Without its settings a message waits as misconfigured: it is tried again
    slowly, `threadline doctor` says so, and nothing is lost or passed over.
    """

    def __init__(
        self,
        *,
        sms: TextRouter | None,
        voice: TwilioVoice | None = None,
        mail: SmtpMail | None,
        webhook: BrandWebhook | None,
        console: Console | None = None,
    ) -> None:
        self._sms = sms
        self._voice = voice
        self._mail = mail
        self._webhook = webhook
        self._console = console  # set in a demo, where everything is shown

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message, or raise the `GatewayError` that says why not."""
        match parcel:
            case Text():
                if self._sms is not None and self._sms.can_send(parcel):
                    return self._seen(parcel, await self._sms.send(parcel))
                missing = "no_carrier" if self._sms else "twilio_not_set"
            case Call():
                if self._voice is not None:
                    return self._seen(parcel, await self._voice.send(parcel))
                missing = "twilio_not_set"
            case Mail():
                if self._mail is not None:
                    return self._seen(parcel, await self._mail.send(parcel))
                missing = "smtp_not_set"
            case Hook():
                if self._webhook is not None and self._may_post(parcel):
                    return self._seen(parcel, await self._webhook.send(parcel))
                missing = "webhook_not_set"
            case _:
                assert_never(parcel)
        if self._console is not None:
            return await self._console.send(parcel)
        raise Misconfigured(missing)

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        """Return what may be this message at the far side.

        Mails and webhooks carry their own id, so they are simply sent again.
        """
        if isinstance(parcel, Text) and self._sms is not None:
            return await self._sms.find(parcel, since)
        if isinstance(parcel, Call) and self._voice is not None:
            return await self._voice.find(parcel, since)
        return ()

    def _seen(self, parcel: Parcel, receipt: Receipt) -> Receipt:
        if self._console is None:
            return receipt
        return replace(receipt, shown=shown(parcel))

    def _may_post(self, hook: Hook) -> bool:
        """In a demo webhooks reach this machine only."""
        return self._console is None or is_loopback(urlsplit(hook.url).hostname)

    async def aclose(self) -> None:
        for gateway in (self._sms, self._voice, self._webhook):
            if gateway is not None:
                await gateway.aclose()


def gateways(settings: Settings, *, is_demo: bool) -> Gateways:
    """Return the gateways of this process.

    A demo speaks to the console, and to nothing beyond this machine even if
    credentials for the real world happen to be in its environment.
    """
    may_speak, smtp = _may_speak_to_twilio(settings, is_demo), settings.smtp_url
    if is_demo and not is_loopback(urlsplit(smtp).hostname):
        smtp = ""
    return Gateways(
        sms=_texts(settings, is_demo=is_demo),
        voice=_voice(settings) if may_speak else None,
        mail=SmtpMail(smtp, settings.public_base_url) if smtp else None,
        webhook=BrandWebhook(may_reach_loopback=is_loopback(settings.host)),
        console=Console() if is_demo else None,
    )


def recordings(settings: Settings, *, is_demo: bool) -> TwilioRecordings | None:
    """Return where the callers' recordings are; None where Twilio is not set."""
    if not _may_speak_to_twilio(settings, is_demo):
        return None
    return TwilioRecordings(
        HttpxTwilio(settings.twilio_api_base),
        api_base=settings.twilio_api_base,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_tokens[0],
    )


def media(settings: Settings, *, is_demo: bool) -> TwilioMedia | None:
    """Return where what workers sent along is; None where Twilio is not set."""
    if not _may_speak_to_twilio(settings, is_demo):
        return None
    return TwilioMedia(
        api_base=settings.twilio_api_base,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_tokens[0],
    )


def _may_speak_to_twilio(settings: Settings, is_demo: bool) -> bool:
    """Tell whether there is an account; in a demo it is on this machine."""
    if is_demo and not is_loopback(urlsplit(settings.twilio_api_base).hostname):
        return False
    return bool(settings.twilio_account_sid and settings.twilio_auth_tokens)


def _voice(settings: Settings) -> TwilioVoice:
    return TwilioVoice(
        HttpxTwilio(settings.twilio_api_base),
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_tokens[0],
        public_base_url=settings.public_base_url,
    )


def _texts(settings: Settings, *, is_demo: bool) -> TextRouter | None:
    """Return what carries texts; None where nothing does."""
    found: list[Sms] = []
    may_speak = _may_speak_to_twilio(settings, is_demo)
    if may_speak and settings.twilio_sms_from:
        found.append(_twilio_sms(settings))
    if may_speak and settings.twilio_whatsapp_from:
        found.append(_whatsapp(settings))
    for carrier in enabled(
        settings.sms_providers, settings.sms_variables, settings.sms_folder
    ).values():
        variables = settings.sms_variables[carrier.name]
        if carrier.dialect is Dialect.HTTP:
            sms: Sms = HttpSms(
                carrier,
                variables,
                public_base_url=settings.public_base_url,
                is_demo=is_demo,
            )
            found.append(sms)
        elif not is_demo or is_loopback(urlsplit(variables["API_BASE"]).hostname):
            found.append(_like_twilio(settings, carrier, variables))
    return TextRouter(found, settings.sms_routes) if found else None


def _twilio_sms(settings: Settings) -> TwilioSms:
    somleng = on_shelf(settings.sms_folder)[SOMLENG]
    return TwilioSms(
        HttpxTwilio(settings.twilio_api_base),
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_tokens[0],
        sender=settings.twilio_sms_from,
        callback=f"{settings.public_base_url.rstrip('/')}/twilio/sms/status",
        may_send_to=lambda number: (
            not (settings.is_somleng and must_be_registered(somleng, number))
        ),
    )


def _whatsapp(settings: Settings) -> TwilioWhatsApp:
    return TwilioWhatsApp(
        HttpxTwilio(settings.twilio_api_base),
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_tokens[0],
        sender=settings.twilio_whatsapp_from,
        callback=f"{settings.public_base_url.rstrip('/')}/twilio/sms/status",
        name=WHATSAPP,
    )


def _like_twilio(
    settings: Settings, carrier: Carrier, variables: Mapping[str, str]
) -> TwilioSms:
    """Return a platform with Twilio's interface that stands beside Twilio.

    That interface has no field for the id of a registered text: where the law
    asks for one, nothing unprompted goes by it.
    """
    name = carrier.name
    return TwilioSms(
        HttpxTwilio(variables["API_BASE"]),
        account_sid=variables["ACCOUNT_SID"],
        auth_token=variables["AUTH_TOKEN"],
        sender=variables["FROM"],
        callback=f"{settings.public_base_url.rstrip('/')}/sms/{name}/reports",
        name=name,
        known_as=f"{name}:",
        may_send_to=lambda number: not must_be_registered(carrier, number),
    )
