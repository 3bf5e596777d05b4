"""What came out, shown: tables on a terminal and in Markdown, charts, and docs/benchmarks.md made of both."""
