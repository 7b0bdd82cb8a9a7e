"""Rules over a graph: found, run, located, suppressed, compared with a peer's findings."""
