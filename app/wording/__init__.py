"""Words: lines, their catalogues, their digits, and what they cost as SMS."""
