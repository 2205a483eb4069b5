"""Tests of the pure functions: keys, tokens, passwords, fingerprints, derivation."""
