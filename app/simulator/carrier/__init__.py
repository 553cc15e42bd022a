"""The part of a telephone carrier that we use: calls, texts, recordings, faults."""
