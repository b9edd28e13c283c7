"""What every template may use: the way round by role, whose page it is, words for messages and days.

It decides nothing: who may open an address is for its door, what is counted is for the lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flask import Flask, g, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from cases.engine.held_sheets import sheets_to_look_at
from cases.kinds import all_kinds
from cases.lists.worklists import awaits_decision_of, intake_to_decide, is_open, number_of, on_desk_of, others_have
from cases.model.visibility import addresses_of, letters_new_to
from extensions import db
from notifications.letters import number_unread
from registry.admission import number_waiting
from registry.identity import Identity
from registry.organisations import Bureau, Enterprise, Office
from web.site.access import first_page, identity, law, now, own_address, reader, settings, today, unnamed, whole_address
from web.site.language import (
    YEAR,
    dated,
    day_words,
    in_a_row,
    in_words,
    language,
    moment_within,
    office_short,
    when,
    written,
)
from workflow.definition import APPROVER, AUDITOR, CHIEF, HEAD, Party

LANGUAGE_NAMES: Final = {"zh": "中文", "en": "English"}
THEMES: Final = {"system": _("As the device"), "light": _("Light"), "dark": _("Dark")}
SIZES: Final = {"standard": _("Standard"), "large": _("Large"), "larger": _("Larger")}
"""How pages look, the way that needs no choice first."""
ON_PHONE: Final = 4
COUNTED: Final = 1000
"""Letters are counted no further: nobody needs to know by how many it is more."""


@dataclass(frozen=True)
class NavItem:
    """One word of the navigation; pages below those in `also` belong under it too.

    What files a `kind` is there for who may file it.
    """

    endpoint: str
    label: Any
    counted: Callable[[Identity], Select[int]] | None = None
    also: tuple[NavItem, ...] = ()
    kind: str = ""

    @property
    def href(self) -> str:
        return url_for(self.endpoint, kind=self.kind) if self.kind else url_for(self.endpoint)


@dataclass(frozen=True)
class NavLink:
    """An item as drawn: `current` is what aria-current says, or nothing; a phone shows some, the others in the foot."""

    href: str
    label: str
    count: int = 0
    current: str = ""
    on_phone: bool = True

    @property
    def counted(self) -> str:
        return str(self.count) if self.count < COUNTED else f"{COUNTED - 1}+"


INBOX = NavItem(
    "inbox.letters", _("Inbox"), lambda who: number_unread(addresses_of(who), now(), letters_new_to(who), most=COUNTED)
)
RULES = NavItem("rules.rules", _("Limits and rules"))
CALENDAR = NavItem("calendar.calendar", _("Calendar"))
RECORDS = NavItem("records.records", _("Records"))
ALL_CASES = NavItem("all_cases.index", _("All cases"))
BOARD = NavItem("board.overdue", _("Overdue board"))
ASSESSMENT = NavItem("assessment.show", _("Assessment"))
AUDIT = NavItem("audit.index", _("Audit"))
COMPLAINT = NavItem("filing.begin", _("Complain"), kind="complaint")
FEED = NavItem("feed.index", _("Calendar feed"))
SEARCH = NavItem("search.find", _("Search"))

ENTERPRISE: Final = (
    NavItem("records.records", _("My records")),
    NavItem("all_cases.index", _("My cases"), lambda who: number_of(who, is_open())),
    replace(INBOX, counted=lambda who: number_of(who, on_desk_of(who))),  # what needs the firm, read or not
    NavItem("firm.index", _("My firm"), also=(FEED,)),
    COMPLAINT,
)
DESK = NavItem(
    "desk.desk", _("Desk"), lambda who: number_of(who, on_desk_of(who), ~others_have(who)), also=(ALL_CASES,)
)
PHRASES = NavItem("phrases.index", _("Phrases"))
BUREAU: Final = (DESK, SEARCH, INBOX, RECORDS, PHRASES)
APPROVALS = NavItem("approvals.index", _("To approve"), lambda who: number_of(who, awaits_decision_of(who)))
APPROVING: Final = (DESK, APPROVALS, INBOX, SEARCH, RECORDS, PHRASES)
DEPUTIES = NavItem("deputies.index", _("Deputies"))
MANAGED: Final = (
    NavItem("organisations.index", _("Organisations")),
    NavItem("admissions.index", _("Admissions")),
    NavItem("people.index", _("People")),
    NavItem("tokens.index", _("Tokens of systems")),
    NavItem("endpoints.index", _("Messages to systems")),
    PHRASES,
    RULES,
    CALENDAR,
    AUDIT,
    COMPLAINT,
)
"""What stands on the office's page of what it keeps: there once a week, not every hour."""
OFFICE: Final = (  # limits and calendar stand in the foot of every page
    NavItem("intake.index", _("Intake"), lambda who: number_of(who, intake_to_decide(who))),
    DESK,
    BOARD,
    INBOX,
    ALL_CASES,
    replace(RECORDS, counted=sheets_to_look_at),
    ASSESSMENT,
    NavItem("manage.index", _("Manage"), lambda _who: number_waiting(), also=MANAGED),
)
AUDITING: Final = (ALL_CASES, AUDIT, BOARD, ASSESSMENT, RULES, CALENDAR)
PUBLISHED: Final = NavItem("published.search", _("Public records"))
FOOT: Final = (
    RULES,
    CALENDAR,
    NavItem("paper_check.ask", _("Check a paper")),
    NavItem("help.show", _("Help")),
    NavItem("front.accessibility", _("Accessibility")),
)


def register_navigation(app: Flask) -> None:
    """Hang the functions and filters into the templates; macros have them too."""
    app.jinja_env.globals.update(
        nav=nav,
        leads_to=leads_to,
        foot_links=foot_links,
        signed_in=signed_in,
        unnamed=unnamed,
        may_search=may_search,
        searched=searched,
        language=language,
        html_lang=html_lang,
        language_names=LANGUAGE_NAMES,
        theme=theme,
        text_size=text_size,
        here=here,
        today=today,
        is_demo=is_demo,
        demo_start=demo_start,
        place_name=place_name,
        office_name=office_name,
        office_address=office_address,
        in_a_row=in_a_row,
        described=described,
        asked_at=now,
        whole_address=whole_address,
        site=_site,
    )
    app.jinja_env.filters.update(
        sentence=in_words, day=day_words, moment=moment_within, when=when, dated=dated, written=written
    )


def _site() -> str:
    """Where the pages are read, for what is printed."""
    return settings().site_url or request.host_url.rstrip("/")


def nav() -> list[NavLink]:
    """The reader's words of navigation."""
    items = [item for item in _items(identity()) if not item.kind or _may_file(item.kind)]
    counted = numbers(items)
    links = [_link(item, counted.get(item.href, 0)) for item in items]
    under = [link for link in links if link.current]
    on = next((link for link in under if link.current == "page"), under[0] if under else None)
    return [
        replace(link, on_phone=place < ON_PHONE, current=link.current if link is on else "")
        for place, link in enumerate(links)
    ]


def numbers(items: Sequence[NavItem]) -> dict[str, int]:
    """What is counted of these, by their addresses: in one statement."""
    asked = {item.href: item.counted(identity()).scalar_subquery() for item in items if item.counted}
    return dict(zip(asked, db.session().execute(select(*asked.values())).one(), strict=True)) if asked else {}


def leads_to(endpoint: str) -> bool:
    """Whether the reader's words of navigation lead there; nothing is counted for it."""
    return any(item.endpoint == endpoint for item in _items(identity()))


def foot_links() -> list[NavLink]:
    return [NavLink(item.href, str(item.label)) for item in (*((PUBLISHED,) if law().published else ()), *FOOT)]


def signed_in() -> dict[str, str] | None:
    """Who reads, and the place that they read for: their bureau, their firm, or the office."""
    user = reader()
    return {"name": user.name, "place": _place_of(identity())} if user else None


def may_search() -> bool:
    """Staff have a field to search by; a firm's cases fit on its page."""
    return not identity().parties.isdisjoint((Party.BUREAU, Party.OFFICE))


def searched() -> str:
    """What was looked for, on the page that answers it."""
    return request.args.get("q", "") if request.endpoint == "search.find" else ""


def html_lang(spoken: str = "") -> str:
    """A language as pages name it, the reader's if none is given."""
    return "en" if (spoken or language()) == "en" else "zh-Hans"


def theme() -> str:
    """The reader's choice of light or dark, or nothing: then the system's holds."""
    return _chosen("theme", THEMES)


def text_size() -> str:
    """The reader's choice of larger text, or nothing."""
    return _chosen("size", SIZES)


def _chosen(cookie: str, among: Mapping[str, Any]) -> str:
    chosen = request.cookies.get(cookie, "")
    return chosen if chosen in tuple(among)[1:] else ""


def remember_look(response: Response, size: str, theme: str) -> None:
    """Keep in this browser for a year what of the two was chosen; it tells nothing about the person."""
    for cookie, chosen in (("size", size), ("theme", theme)):
        if chosen:
            response.set_cookie(cookie, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)


def here() -> str:
    """The address of this page with its query, to come back to; where only forms are sent, the first page."""
    rule = request.url_rule
    if rule is not None and "GET" not in (rule.methods or ()):
        return first_page()
    return own_address()


def is_demo() -> bool:
    """Whether everything here is invented."""
    return settings().demo or law().invented


def demo_start() -> datetime | None:
    """From when the demo's clock runs, where it was set."""
    start = settings().demo_now
    return datetime.fromisoformat(start) if start else None


def place_name() -> str:
    return law().place.name[language()]


def office_name() -> str:
    office = law().place.office
    return office.name_en if language() == "en" else office.name


def office_address() -> str:
    """Where the office is, as its head has entered it; empty until then."""
    office = db.session().get(Office, 1)
    return ((language() == "en" and office.address_en) or office.address) if office else ""


def described(asked: Any, hint: Any = "", flagged: bool = True) -> dict[str, str]:
    """The attributes by which a field is read aloud with its hint and its fault."""
    ids = [f"{asked.id}-hint"] * bool(hint) + [f"{asked.id}-fault"] * bool(asked.errors)
    marks = {"aria-describedby": " ".join(ids)} if ids else {}
    return marks | ({"aria-invalid": "true"} if asked.errors and flagged else {})


def _items(who: Identity) -> tuple[NavItem, ...]:
    if who.holds(AUDITOR):
        return AUDITING
    if Party.OFFICE in who.parties:
        return (*OFFICE[:2], APPROVALS, *OFFICE[2:]) if who.holds(CHIEF) else OFFICE
    if Party.BUREAU in who.parties:
        bureau = APPROVING if who.holds(APPROVER) else BUREAU
        return (*bureau, DEPUTIES, ASSESSMENT) if who.holds(HEAD) else bureau
    return ENTERPRISE if who.roles else ()


def _may_file(kind: str) -> bool:
    """Whether the reader files that kind: an agent only where a letter of authority goes so far."""
    who = identity()
    return kind in all_kinds() and any(who.acts_in(id, kind) for id in who.enterprise_ids)


def _link(item: NavItem, counted: int) -> NavLink:
    under = f"{g.get('under') or request.path}/".startswith(tuple(f"{one.href}/" for one in (item, *item.also)))
    current = "page" if request.path == item.href else "true" if under else ""
    return NavLink(item.href, str(item.label), counted, current)


def _place_of(who: Identity) -> str:
    if who.bureau_id is not None:
        bureau = db.session().get_one(Bureau, who.bureau_id)
        return (language() == "en" and bureau.short_name_en) or bureau.short_name or bureau.name
    if Party.OFFICE in who.parties:
        return office_short()
    firms = [db.session().get_one(Enterprise, id).name for id in sorted(who.enterprise_ids)]
    return firms[0] if firms else ""
