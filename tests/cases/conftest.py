"""A kind that has changed."""

import pytest

from tests.cases.engine.mapped import now_is
from workflow.definition import Definition


@pytest.fixture
def verifying() -> Definition:
    """`with_bureau` is called `verifying` now; the test says from when on by entering it."""
    return now_is(with_bureau="verifying")
