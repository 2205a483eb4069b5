"""The tests; each folder in here mirrors a room of the house."""
