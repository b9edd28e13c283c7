"""What has changed since a proposal was made, for whoever is to decide on it."""

from __future__ import annotations

from cases.since import Change, changed_since
from web.case_reading import Reading


def since_proposal(reading: Reading) -> tuple[Change, ...]:
    """Papers, notes, a changed record, other cases on it; nothing where no proposal waits."""
    proposal = reading.proposal
    if proposal is None:
        return ()
    return changed_since(reading.session, reading.standing, reading.file, proposal.seq, proposal.at)
