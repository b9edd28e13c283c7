"""Sets papers as PDF with Typst: PDF/A-2a and PDF/UA-1, from their data alone, so the same paper gives the same bytes.

Another version of Typst, of the sheet or of the fonts gives others; that is why `files.py` keeps what was handed out.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst

from config import ROOT

SHEET: Final = ROOT / "templates/papers/paper.typ"
STANDARDS: Final = ("a-2a", "ua-1")
FREE_FONTS: Final = Path(pylopdf_fonts_zh_cn.__file__).parent
"""Noto Serif SC and Noto Sans SC: every character of GB 2312, of the first 20,902, and many that only names have."""
RENDERER: Final = f"typst {metadata.version('typst')}"


class NotSet(Exception):
    """A paper cannot be set as PDF, such as one with a character that no font has; the paper itself stands."""


class Setter:
    """Sets papers with the fonts of a folder before the free ones; one at a time, as its compiler is one."""

    def __init__(self, fonts: Path | None = None) -> None:
        found = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[*([fonts] if fonts else []), FREE_FONTS],
        )
        self._families = json.dumps(found.families())
        self._compiler = typst.Compiler(root=ROOT / "templates", font_paths=found)
        self._lock = Lock()

    def pdf(self, data: Mapping[str, Any]) -> bytes:
        """The paper as a file. Raises `NotSet` where a character has no glyph: no name is ever a box."""
        given = {"paper": json.dumps(data, ensure_ascii=False), "families": self._families}
        try:
            with self._lock:
                made = self._compiler.compile(SHEET, format="pdf", sys_inputs=given, pdf_standards=list(STANDARDS))
        except typst.TypstError as failure:
            raise NotSet(str(failure)) from failure
        assert isinstance(made, bytes)
        return made


@lru_cache(maxsize=4)
def setter(fonts: Path | None = None) -> Setter:
    """The setter of this process for a folder of fonts: to read them takes longer than to set a paper."""
    return Setter(fonts)
