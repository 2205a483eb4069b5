"""What the tests stand on: databases, a clock, free ports and real server processes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The root of the checkout, where every room of the house lies."""
