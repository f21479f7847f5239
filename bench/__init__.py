"""Repeatable measurements: `script/bench`; `bench.breakdown` and `bench.switches` by hand."""
