"""The web form: pages that need no script, no cookie and nobody else's server."""
