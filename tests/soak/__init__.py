"""Tests of the soak: that it works, and that it would tell."""
