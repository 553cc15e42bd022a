"""A year played in advance: what a policy would have brought about."""
