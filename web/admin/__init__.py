"""What the office keeps: people, bodies, successions, deputies, phrases, systems of bodies."""

from web.admin import (
    admissions,
    deputies,
    endpoints,
    manage,
    organisations,
    people,
    phrases,
    proposals,
    successions,
    tokens,
)

blueprints = (
    admissions.pages,
    deputies.pages,
    endpoints.pages,
    manage.pages,
    organisations.pages,
    people.pages,
    proposals.pages,
    phrases.pages,
    successions.pages,
    tokens.pages,
)
