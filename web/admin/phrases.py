"""Phrases for reasons: one's own, those that the head keeps for the desk, and those that come with the place."""

import re

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from extensions import db, transaction
from registry.phrases import BLANKS, FITS, Wanted, keep_phrase, keeps_shared, phrase_to_keep, phrases_of
from web.site.access import identity, law, now, requires
from web.site.forms import Form, choice, form_page
from web.site.language import in_words, language
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER

pages = Blueprint("phrases", __name__, url_prefix="/phrases")
LEFT_OPEN = r"(\{\w+\})"
WRITE_REASONS = (REVIEWER, APPROVER, HEAD, OFFICER, CHIEF)


class PhraseForm(Form):
    """A phrase: its name in the list, the words, for which text it is meant, and whether all of the desk have it."""

    name = StringField(_("Name of the phrase"))
    text = TextAreaField(_("The words"))
    fits = SelectField(_("Meant for"), coerce=str, validate_choice=False)
    shared = BooleanField(_("For everybody of this desk"))

    def __init__(self) -> None:
        super().__init__()
        self.fits.choices = [choice(code, in_words(words)) for code, words in FITS.items()]

    def wanted(self) -> Wanted:
        return Wanted(self.name.data or "", _kept(self.text.data or ""), self.fits.data or "", bool(self.shared.data))


@pages.route("", methods=["GET", "POST"])
@requires(roles=WRITE_REASONS)
def index() -> ResponseReturnValue:
    """Every phrase that the reader may put in, and the form to add one; `from`: beginning with one of the place."""
    form = PhraseForm()
    one = next((one for one in law().phrases if one.name == request.args.get("from")), None)
    if one and request.method != "POST":
        form.name.data, form.text.data, form.fits.data = one.label[language()], _said(one.text), one.fits
    if not form.sent():
        return _page(form)
    with form.writing() as session:
        row = keep_phrase(session, identity(), form.wanted(), now())
    if form.status != 200:
        return _page(form)
    flash(gettext("“%(name)s” can be put in now.", name=row.name))
    return redirect(url_for("phrases.index"))


@pages.route("/<int:id>", methods=["GET", "POST"])
@requires(roles=WRITE_REASONS)
def show(id: int) -> ResponseReturnValue:
    """Change a phrase, or remove it; what was written with it stays."""
    row, form = phrase_to_keep(db.session(), identity(), id) or abort(404), PhraseForm()
    if request.method != "POST":
        form.name.data, form.text.data, form.fits.data = row.name, _said(row.text), row.fits
        return form_page("admin/phrase.html", form, row=row, blanks=BLANKS)
    if "remove" in request.form and form.sent():
        with transaction() as session:
            session.delete(row)
        flash(gettext("“%(name)s” is removed. What was written with it stays as it is.", name=row.name))
        return redirect(url_for("phrases.index"))
    if form.sent():
        with form.writing() as session:
            keep_phrase(session, identity(), form.wanted(), now(), row)
    if form.status != 200:
        return form_page("admin/phrase.html", form, row=row, blanks=BLANKS)
    flash(gettext("“%(name)s” is changed.", name=row.name))
    return redirect(url_for("phrases.index"))


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The phrase cut at what it leaves open: each piece in the reader's words, and whether the case fills it in."""
    return [(_said(piece), piece[1:-1] in BLANKS) for piece in re.split(LEFT_OPEN, text) if piece]


def _said(text: str) -> str:
    """The phrase with what it leaves open named in the reader's words: nobody need know what it is called within."""
    return re.sub(LEFT_OPEN, lambda found: _in_braces(found[0][1:-1]), text)


def _kept(text: str) -> str:
    """The phrase as it is kept: what is left open by its own name, whichever way it was written."""
    for name in BLANKS:
        text = text.replace(_in_braces(name), f"{{{name}}}")
    return text


def _in_braces(name: str) -> str:
    return f"{{{in_words(BLANKS[name]) if name in BLANKS else name}}}"


def _page(form: PhraseForm) -> ResponseReturnValue:
    rows, shared = phrases_of(db.session(), identity()), keeps_shared(identity())
    return form_page(
        "admin/phrases.html",
        form,
        shelves=[
            {"title": gettext("Mine"), "rows": [row for row in rows if row.user_id], "kept": True},
            {"title": gettext("Of my desk"), "rows": [row for row in rows if not row.user_id], "kept": shared},
        ],
        of_place=law().phrases,
        fits=FITS,
        blanks=BLANKS,
        may_share=shared,
        pieces=_pieces,
    )
