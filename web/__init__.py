"""Pages: a door, without rules. Each room brings its blueprints; here they are registered."""

from flask import Flask

from web import account, acts, admin, api, case, desk, filing, oversight, public, records, site
from web.site.access import log_reading, log_refusal, note_use
from web.site.forms import limit_requests
from web.site.navigation import register_navigation

ROOMS = (account, acts, admin, api, case, desk, filing, oversight, public, records, site)


def register_pages(app: Flask) -> None:
    """Register every blueprint, and what all templates may use."""
    limit_requests(app)
    register_navigation(app)
    app.after_request(log_reading)
    app.after_request(note_use)
    app.after_request(log_refusal)
    for room in ROOMS:
        for blueprint in room.blueprints:
            app.register_blueprint(blueprint)
