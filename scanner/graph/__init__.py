"""The normalized graph: nodes in columns per kind, relations as adjacency, views for rules, JSON for Rego."""
