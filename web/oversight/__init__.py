"""Who is late and who read what: board, assessment, ledger, readers."""

from __future__ import annotations

from web.oversight import assessment, board, board_body, ledger, readers

blueprints = (assessment.pages, board.pages, board_body.pages, ledger.pages, readers.pages)
