"""A carrier that exists in no country: it uses what the shipped ones leave out."""

from app.carriers.described import read_carrier
from app.carriers.model import Carrier

XML = """
title = "Paper Plane"
dialect = "http"
source = "https://paperplane.example/docs"
variables = ["USER", "PASSWORD", "SECRET"]

[defaults]
API_BASE = "https://paperplane.example"
NETWORKS = ""

[rules]
reply = "send"
sender_kind = "number"
may_send_free_text = true
longest_text = 300
most_parts = 2
only_to = ["+880", "+91"]

[door]
methods = ["POST"]
acknowledgement = "<ok/>"
acknowledgement_type = "text/xml"
unfit_status = 422
networks = ["10.0.0.0/8", "{NETWORKS}"]

[door.secret]
place = "query"
name = "key"

[texts]
read = "xml"
items = "sms"
id = "id"
sender = "from.number"
recipient = "to"
text = "body"
decode = "ucs2-hex"
home = "BD"

[reports]
read = ["xml"]
ours = "reference"
status = "state"
code = "reason"

[reports.statuses]
delivered = "OK"
failed = ["NO*"]

[reports.why]
number = ["7"]
busy = ["7*"]
content = ["71*"]

[send]
method = "POST"
url = "{API_BASE}/{USER}/send"
user = "{USER}"
password = "{PASSWORD}"
body = "form"

[send.fields]
to = "{to_national}"
from = "{sender?}"
text = "{text}"
ref = "{id_hex}"
callback = "{report_url}"

[send.answer]
read = "xml"
statuses = [201]
id = "id"
code = "error"

[send.answer.why]
busy = ["http 503"]
"""


def paper_plane(*changes: tuple[str, str]) -> Carrier:
    """Return it, with pieces of its file replaced."""
    return read_carrier("paperplane", changed(*changes))


def changed(*changes: tuple[str, str]) -> str:
    text = XML
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
