"""What is handed in."""

from config import ROOT

EVIDENCE = next((ROOT / "jurisdictions" / "cn-nm-demo" / "evidence").glob("*.pdf"))
SHEET = ROOT / "tests" / "data" / "penalties.xlsx"
