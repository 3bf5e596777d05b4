"""The benchmark suite: `python -m benchmarks` measures speed, quality and scale, ours and others', side by side.

`corpora` makes or reads the texts; `peers` knows who is measured and runs each in a process of its own; `speed`, `quality` and
`scale` say what is measured; `report` makes tables, charts and docs/benchmarks.md of the results, which are kept in `results`.
"""
