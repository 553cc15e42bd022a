"""What an outsider holds a ledger against: one file that needs nothing of ours."""
