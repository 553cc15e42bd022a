"""The dialects by their names."""

from app.simulator.dialects.dialect import Dialect
from app.simulator.dialects.exotel import Exotel
from app.simulator.dialects.infobip import Infobip
from app.simulator.dialects.jasmin import Jasmin
from app.simulator.dialects.kannel import Kannel
from app.simulator.dialects.somleng import Somleng
from app.simulator.dialects.sslwireless import SslWireless
from app.simulator.dialects.whatsapp import WhatsApp

DIALECTS: dict[str, type[Dialect]] = {
    dialect.name: dialect
    for dialect in (Exotel, Infobip, Jasmin, Kannel, Somleng, SslWireless, WhatsApp)
}

# Those with an interface of their own; WhatsApp goes by Twilio's.
BESIDE_TWILIO = tuple(name for name in DIALECTS if name != WhatsApp.name)
