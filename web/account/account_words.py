"""What was done to accounts, in words: for the person, for the head of the office, for the auditor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from extensions import db
from registry.people import ENDED, LINK_MADE, LINK_SHOWN, LINK_USED, User, account_acts
from workflow.refusal import Message, say

DONE: Final[Mapping[str, Message]] = {
    LINK_MADE: say("made a sign-in link"),
    LINK_SHOWN: say("was shown the link, since no mail could bring it"),
    LINK_USED: say("chose a password with the link"),
    ENDED: say("ended the account"),
}


@dataclass(frozen=True)
class Done:
    """One act: when, by whom, on whose account (name and user name), what."""

    at: datetime
    by: Message | str
    whose: str
    username: str
    what: Message


def done_to_accounts(user_id: int | None, most: int) -> list[Done]:
    """What was done to one account, or to any, the newest first."""
    acts = account_acts(db.session(), user_id, most)
    ids = {id for act in acts for id in (act.user_id, act.by_id) if id is not None}
    people = {user.id: user for user in db.session().scalars(select(User).where(User.id.in_(ids)))}
    return [
        Done(
            act.at,
            people[act.by_id].name if act.by_id is not None else say("the server's command line"),
            people[act.user_id].name,
            people[act.user_id].username,
            DONE[act.what],
        )
        for act in acts
    ]
