"""The talk with a worker: a state machine without I/O and without a clock."""
