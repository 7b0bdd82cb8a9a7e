"""Snapshots of what AWS publishes: the action catalogue and its managed policies; `refresh.py` makes them anew."""
