"""Faults of what Latchkey stands on, injected for real: network, database, store, disk, process and clock."""
