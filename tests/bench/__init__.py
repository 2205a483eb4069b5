"""Tests of what the benchmarks say about their numbers; the numbers themselves are nobody's promise."""
