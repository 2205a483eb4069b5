"""Benchmarks: `python -m bench` measures the server, `python -m bench.hostile_documents` its documents."""
