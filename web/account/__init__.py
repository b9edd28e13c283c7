"""What belongs to a person: sign-in, joining, their enterprise, inbox, calendar feed."""

from web.account import feed, firm, inbox, join, sessions, sign_in

blueprints = (feed.pages, firm.pages, inbox.pages, join.pages, sessions.pages, sign_in.pages)
