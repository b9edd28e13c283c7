"""The form of an act, its sending, and the page where two people collide."""

from web.acts import views

blueprints = (views.pages,)
