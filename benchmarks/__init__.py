"""Measures and trainers; not part of the installed package."""
