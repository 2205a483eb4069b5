"""Benchmarks: each is a module to be run by name, prints a table, and keeps nothing."""
