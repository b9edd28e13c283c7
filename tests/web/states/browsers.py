"""A try: somebody opens the address of an action, or sends its form, filled in well, whether it was offered or not."""

from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.visibility import last_act_in
from extensions import db
from registry.identity import identity_of
from registry.people import User
from tests.builders import as_shown
from tests.web.stage import Stage
from tests.web.states.filled import answers_to, form_of
from tests.web.states.walked import Chains, There, chains_in
from tests.web.states.ways import Ways


class Browsers:
    """The browsers of all who try, and what became of the cases."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.browsers: dict[str, FlaskClient] = {}

    def get(self, who: str, there: There, action: str) -> int:
        return self._browser(who).get(f"/cases/{there.number}/{action}").status_code

    def post(self, who: str, there: There, ways: Ways, action: str) -> int:
        """Every field that any row of that name asks, whoever is asked."""
        asked = [one for row in all_kinds()[ways.kind].actions_named(action) for one in row.asks]
        form = form_of(answers_to(asked, there.said, ways.answers_in(there.variant, action))) | there.shown
        return self._browser(who).post(f"/cases/{there.number}/{action}", data=form).status_code

    def shown_again(self, there: There) -> There:
        """The same case, as a page shows it after something was done to it."""
        with self.stage.app.app_context():
            return replace(there, shown=as_shown(db.session(), there.number))

    def acted(self, who: str, there: There) -> bool:
        """Whether they have done something in the case: then it answers so, even where it has left them."""
        with self.stage.app.app_context():
            user = db.session().scalars(select(User).where(User.username == who)).one()
            return last_act_in(db.session(), identity_of(db.session(), user), there.number) is not None

    def begin(self, who: str, address: str) -> tuple[int, int]:
        """Open the first page of a filing, and begin a form there."""
        return self._browser(who).get(address).status_code, self._browser(who).post(address).status_code

    def chains(self) -> Chains:
        with self.stage.app.app_context():
            return chains_in(db.session())

    def _browser(self, who: str) -> FlaskClient:
        if who not in self.browsers:
            self.browsers[who] = self.stage.browser(who)
        return self.browsers[who]
