"""Who is late and who read what: board, assessment, ledger, readers."""

from web.oversight import assessment, board, ledger, readers, security

blueprints = (assessment.pages, board.pages, ledger.pages, readers.pages, security.pages)
