"""The demo: an invented programme, its past year, and a phone to try it with.

Mounted only where the database was marked demo when it was made and the
listener is this machine's own.
"""
