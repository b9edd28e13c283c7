"""What the office keeps: people, bodies, successions, deputies, phrases."""

from web.admin import admissions, deputies, manage, organisations, people, phrases, successions

blueprints = (
    admissions.pages,
    deputies.pages,
    manage.pages,
    organisations.pages,
    people.pages,
    phrases.pages,
    successions.pages,
)
