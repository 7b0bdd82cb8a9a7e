"""Live audits over time: the store of what was found when, what became of it, and who is told."""
