"""Acceptance: real server processes, spoken to over plain HTTP as a client would."""
