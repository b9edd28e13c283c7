"""What the office keeps: people, bodies, successions, deputies, phrases."""

from web.admin import admissions, deputies, manage, organisations, people, phrases, proposals, successions

blueprints = (
    admissions.pages,
    deputies.pages,
    manage.pages,
    organisations.pages,
    people.pages,
    proposals.pages,
    phrases.pages,
    successions.pages,
)
