"""One verb a file: each opens one transaction, returns a value, never sends."""
