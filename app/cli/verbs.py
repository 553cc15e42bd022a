"""Every verb of the command, put together."""

import typer

from app.cli import (
    audit,
    calls,
    carriers,
    cases,
    checks,
    demo_data,
    exports,
    heads,
    imports,
    indicators,
    laws,
    ledger_export,
    mandates,
    papers,
    people,
    phones,
    posters,
    programme,
    prompts,
    receipt,
    services,
    simulate,
    statistics,
    texts,
    tokens,
    verify,
)

app = typer.Typer(
    name="threadline",
    help="A grievance hotline for garment workers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

services.add_to(app)
phones.add_to(app)
programme.add_to(app)
checks.add_to(app)
laws.add_to(app)
prompts.add_to(app)
posters.add_to(app)
receipt.add_to(app)
simulate.add_to(app)
verify.add_to(app)
app.add_typer(imports.app, name="import")
app.add_typer(indicators.app, name="indicators")
app.add_typer(demo_data.app, name="demo-data")
cases.app.command("listen")(calls.listen_to)
papers.add_to(cases.app)
app.add_typer(cases.app, name="cases")
app.add_typer(calls.app, name="callbacks")
app.add_typer(carriers.app, name="carriers")
checks.ledger.command("export")(ledger_export.export)
app.add_typer(checks.ledger, name="ledger")
app.add_typer(heads.app, name="heads")
app.add_typer(people.app, name="people")
app.add_typer(tokens.app, name="tokens")
app.add_typer(texts.app, name="texts")
app.add_typer(statistics.app, name="statistics")
app.add_typer(mandates.app, name="mandates")
app.add_typer(exports.app, name="export")
app.add_typer(audit.app, name="audit")
