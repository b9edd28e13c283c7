"""What is handed in."""

from __future__ import annotations

from config import ROOT

EVIDENCE = next((ROOT / "jurisdictions" / "cn-nm-demo" / "evidence").glob("*.pdf"))
SHEET = ROOT / "tests" / "data" / "penalties.xlsx"
