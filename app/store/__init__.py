"""Postgres: the only memory of the service."""
