"""The application for a server: `wsgi:app`, made by the settings of the environment."""

from application import create_app

app = create_app()
