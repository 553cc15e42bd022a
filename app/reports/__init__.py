"""What was published, as sentences, tables, charts and a paper to hand in."""
