"""Who is late and who read what: board, assessment, ledger, readers."""

from web.oversight import assessment, board, body_month, ledger, readers, security

blueprints = (assessment.pages, board.pages, body_month.pages, ledger.pages, readers.pages, security.pages)
