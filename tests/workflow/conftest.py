"""What the tests of kinds share: the law of the invented banner, read once."""

import pytest

from config import ROOT
from workflow.jurisdiction import Jurisdiction
from workflow.rules import load_jurisdiction


@pytest.fixture(scope="session")
def law() -> Jurisdiction:
    return load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
