"""Draws the diagrams of all kinds into `docs/diagrams.md` and its Chinese sister: `make diagrams`.

The English ones are what `flask kinds diagram` prints; the Chinese ones say the same in the words of the catalog.
"""

import re
from pathlib import Path
from typing import Final

from cases.kinds import all_kinds
from config import ROOT
from notifications.languages import catalog
from workflow.diagram import mermaid

PAGES: Final = {"en": ROOT / "docs" / "diagrams.md", "zh": ROOT / "docs" / "diagrams.zh-CN.md"}
BLOCK: Final = re.compile(
    r"<details>\n<summary>[^\n]* <code>(\w+)</code></summary>\n\n```mermaid\n(.*?)```\n\n</details>\n", re.DOTALL
)
NAMES: Final = {
    "enterprise": "企业",
    "bureau": "单位",
    "office": "信用办",
    "on request": "依申请",
    "decision changed": "决定变更",
    "self found": "单位自查",
    "from objection": "异议引起",
    "general": "一般规则",
    "market regulation": "市场监管",
    "unrouted": "未定途径",
    "petition": "信访",
    "business env": "营商环境",
    "enforcement": "行政执法",
    "false display": "虚假公示",
}
"""Desks and variants: words of the definition language, which no page says."""


def drawn(kind: str, language: str) -> str:
    """Return the diagram of a kind in a language."""
    if language == "en":
        return mermaid(all_kinds()[kind])
    words = catalog(language)
    return mermaid(all_kinds()[kind], lambda label: NAMES.get(label) or str(words.gettext(label)))


def block(kind: str, language: str) -> str:
    """Return the collapsed block that shows the diagram."""
    label = all_kinds()[kind].label
    title = label if language == "en" else str(catalog(language).gettext(label))
    diagram = drawn(kind, language)
    return f"<details>\n<summary>{title} <code>{kind}</code></summary>\n\n```mermaid\n{diagram}```\n\n</details>\n"


def shown(page: Path) -> dict[str, str]:
    """Return the diagrams that a page shows, by kind."""
    return dict(BLOCK.findall(page.read_text("utf-8")))


def main() -> None:
    for language, page in PAGES.items():
        text = page.read_text("utf-8")
        blocks = "\n".join(block(kind, language) for kind in all_kinds())
        page.write_text(text[: text.index("<details>")] + blocks, "utf-8")


if __name__ == "__main__":
    main()
