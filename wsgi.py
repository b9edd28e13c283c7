"""The application for a server: `wsgi:app`, made by the settings of the environment."""

from __future__ import annotations

from application import create_app

app = create_app()
