"""What the tests of kinds share: the law of the invented banner, read once."""

from __future__ import annotations

import pytest

from config import ROOT
from workflow.rules import Jurisdiction, load_jurisdiction


@pytest.fixture(scope="session")
def law() -> Jurisdiction:
    return load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
