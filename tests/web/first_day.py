"""A real place on its first day: its bureaus, an account for each role and one firm, and nothing else."""

from flask import Flask
from sqlalchemy import select

from extensions import transaction
from registry.organisations import Bureau, Enterprise, load_bureaus
from registry.people import DEMO_PASSWORD, add_person
from registry.sign_in import set_password
from tests.web.signing import session_for

ROLES = {
    "enterprise": ("filer",), "reviewer": ("reviewer",), "approver": ("approver", "head"), "office": ("officer",),
    "chief": ("chief",), "auditor": ("auditor",),
}  # fmt: skip


def begin(app: Flask) -> dict[str, str]:
    """Enter them; gives what a session of each holds."""
    law = app.extensions["law"]
    with app.app_context(), transaction() as session:
        load_bureaus(session, law.bureaus, law.office)
        firm = Enterprise(code="91150699YALKAUR84L", name="恒源洗煤有限公司（演示）")
        session.add(firm)
        session.flush()
        bureau = session.scalars(select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id)).first()
        assert bureau
        people = {}
        for name, roles in ROLES.items():
            at_bureau = roles[0] in ("reviewer", "approver")
            people[name] = add_person(
                session, name, f"{name}人", roles, demo=True, manages=roles == ("filer",),
                bureau_id=bureau.id if at_bureau else None, enterprise_id=firm.id if roles == ("filer",) else None,
            )  # fmt: skip
            set_password(people[name], DEMO_PASSWORD)
        session.flush()
        return {name: session_for(user) for name, user in people.items()}
