"""The soak: three nodes, many clients and random faults, for minutes or for hours: `python -m soak`."""
