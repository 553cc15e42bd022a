"""The public pages of results: read from what was published, and from nothing else."""
