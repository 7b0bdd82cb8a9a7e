"""Holds no rule."""
