"""What belongs to a person: sign-in, joining, their enterprise, inbox, calendar feed."""

from web.account import factor, feed, firm, inbox, join, sessions, sign_in

blueprints = (factor.pages, feed.pages, firm.pages, inbox.pages, join.pages, sessions.pages, sign_in.pages)
