"""Live clusters: what an API server lists, read only, as snapshots that can be judged anywhere."""
