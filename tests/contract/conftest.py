"""Fixtures of the checks."""

from pathlib import Path

import pytest

from tests.contract.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a copy of the repository."""
    return Checkout.copied(tmp_path / "checkout")
