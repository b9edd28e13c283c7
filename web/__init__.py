"""Pages: a door, without rules. Each room brings its blueprints; here they are registered."""

from flask import Flask

from web import account, acts, admin, case, desk, filing, oversight, public, records, site
from web.account.sign_in_again import register_sign_in_again
from web.site.navigation import register_navigation
from web.site.read_log import register_read_log
from web.site.request_limits import limit_requests

ROOMS = (account, acts, admin, case, desk, filing, oversight, public, records, site)


def register_pages(app: Flask) -> None:
    """Register every blueprint, and what all templates may use."""
    limit_requests(app)
    register_navigation(app)
    register_read_log(app)
    register_sign_in_again(app)
    for room in ROOMS:
        for blueprint in room.blueprints:
            app.register_blueprint(blueprint)
