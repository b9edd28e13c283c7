"""Both shipped places, one after the other."""

import pytest

from config import ROOT
from workflow.jurisdiction import Jurisdiction
from workflow.rules import load_jurisdiction


@pytest.fixture(scope="session", params=["cn-nm-demo", "cn-nm-etuoke"])
def place(request: pytest.FixtureRequest) -> Jurisdiction:
    return load_jurisdiction(ROOT / "jurisdictions", request.param)
