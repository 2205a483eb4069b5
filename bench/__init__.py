"""Benchmarks of the server, `python -m bench`, of its growth, `bench.growth`, and of its documents."""
