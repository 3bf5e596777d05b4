"""Texts to measure on: real ones where they are, else made from docs/samples by seeded generators."""
