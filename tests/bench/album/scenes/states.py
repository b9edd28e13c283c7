"""Every place in which a case can stand, and every official paper: many of one sort, pictured at two widths."""

from tests.bench.album.scene import Scene
from tests.notifications.letter_values import FORMS

PLACES = {
    "objection": "filed awaiting_papers comparing confirming_own_error with_bureau returned bureau_asks proposed "
    "carrying_out answering reviewing review_proposed corrected partly kept undetermined refused transferred "
    "withdrawn lapsed own_error display_ended",
    "correction": "filed awaiting_papers with_bureau bureau_asks returned proposed carrying_out answering "
    "putting_right corrected partly refused transferred dropped withdrawn lapsed",
    "repair": "filed with_bureau awaiting_papers deciding bureau_asks proposed carrying_out hearing revoking "
    "revoke_proposed returned granted refused not_accepted withdrawn lapsed elsewhere revoked",
    "complaint": "filed registered investigating proposed with_unit unit_proposed returned founded partly unfounded "
    "not_accepted elsewhere withdrawn",
}
"""Where a case of each kind can stand."""

STATES = tuple(
    Scene("chief", f"{kind}-{state}", f"/cases/{{{kind}.{state}}}", slight=True)
    for kind, states in PLACES.items() for state in states.split()
)  # fmt: skip
PAPERS = tuple(Scene("auditor", f"paper-{form}", f"/papers/{{paper.{form}}}", slight=True) for form in sorted(FORMS))
