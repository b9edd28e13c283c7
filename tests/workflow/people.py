"""The people of tests: an enterprise's, the office's, and those of three bureaus."""

from workflow.definition import APPROVER, CASE, CHIEF, CLOCK, FILER, HEAD, OFFICER, REVIEWER, Party, Role
from workflow.snapshot import Person

BUREAUS = (11, 12, 13)
"""The first supplies the record, the second has decided on it, the third has nothing to do with it."""
NEW_BUREAUS = (14, 15, 16)
"""What a bureau can become (D26); nobody works there before."""

OWNER = Person(1, frozenset({FILER}), "the enterprise")
OFFICER_A = Person(21, frozenset({OFFICER}), "officer A")
OFFICER_B = Person(22, frozenset({OFFICER}), "officer B")
THE_CHIEF = Person(23, frozenset({CHIEF}), "the chief")
DEPUTY_CHIEF = Person(24, frozenset({OFFICER, CHIEF}), "officer and deputy", acts_for={CHIEF: 23})
CLOCKWORK = Person(None, frozenset({CLOCK}))
A_CASE = Person(None, frozenset({CASE}))


def staff(bureau: int) -> tuple[Person, ...]:
    """Those of a bureau, some with two roles, as small bureaus have them."""
    roles = ({REVIEWER}, {REVIEWER, APPROVER}, {APPROVER, HEAD}, {HEAD})
    return tuple(
        Person(bureau * 10 + n, frozenset(held), f"{n} of bureau {bureau}", bureau)
        for n, held in enumerate(roles, start=1)
    )


OFFICE_STAFF = (OFFICER_A, OFFICER_B, THE_CHIEF, DEPUTY_CHIEF)
EVERYBODY = (OWNER, *OFFICE_STAFF, *(person for bureau in BUREAUS for person in staff(bureau)), CLOCKWORK, A_CASE)


def somebody(role: Role, bureau: int | None = None) -> Person:
    """The first who has that role; at that bureau, where it is a bureau's."""
    of_bureau = role.party is Party.BUREAU
    return next(
        person for person in EVERYBODY if role in person.roles and (not of_bureau or person.bureau == bureau)
    )  # fmt: skip
