"""Pure functions of the trade: tokens, keys, passwords, fingerprints. No await, no ORM, no web.

The clock is passed in.
"""
