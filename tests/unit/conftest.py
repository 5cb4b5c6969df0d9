"""What tests of several files begin with."""

import pytest

from tests.support.metrics import Figures


@pytest.fixture
def figures() -> Figures:
    return Figures()
