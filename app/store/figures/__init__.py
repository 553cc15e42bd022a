"""The figures of the programme: kept beside the ledger, and only from it."""
