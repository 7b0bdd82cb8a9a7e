"""Cannot be imported."""

nothing = {}["missing"]
