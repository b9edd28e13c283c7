"""What has changed since a proposal was made, for whoever is to decide on it."""

from __future__ import annotations

from cases.model.related import Change, Since, changed_since
from web.case.reading import Reading


def since_proposal(reading: Reading) -> tuple[Change, ...]:
    """Papers, notes, a changed record, other cases on it; nothing where no proposal waits."""
    since = proposal_of(reading)
    return changed_since(reading.session, reading.identity, since) if since else ()


def proposal_of(reading: Reading) -> Since | None:
    """From where on something is news to whoever decides; None where no proposal waits."""
    proposal = reading.proposal
    return Since(reading.file, proposal.seq, proposal.at) if proposal else None
