"""A telephone network in a box: it signs and posts as the provider does."""
