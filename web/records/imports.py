"""A record sheet taken in by the office: first what would become of its rows, then the import, as the command does it.

The sheet waits between the two in a folder of its own, for a day, under a token of the person who brought it. One that
says otherwise than many decisions waits for the head of the office, who reads the same and releases or returns it.
"""

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from itsdangerous import BadSignature
from sqlalchemy import select
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length

from cases.engine.batches import put_forward
from cases.engine.held_sheets import (
    HELD_SHEET,
    MOST,
    NeedsRelease,
    ToHold,
    give_back,
    held_sheet_store,
    held_sheets,
    hold,
    newly_against,
    release,
    take_in,
)
from cases.lists.records import cases_about
from cases.model.evidence import Store
from cases.model.tables import Case
from cases.model.visibility import visible_to
from exchange.sources import SourceBatch, recent
from extensions import db, transaction
from registry.columns import KIND_LABELS, column_of
from registry.organisations import Bureau
from registry.people import names_of
from registry.sheets.importing import SHOWN, Imported, import_sheet
from registry.sheets.reading import BadSheet
from registry.sheets.rejects import write_rejects
from registry.two_persons import ActOfTwo
from web.records.differences import difference
from web.site.access import identity, law, now, person, requires, settings, world
from web.site.forms import Form
from web.site.kept_form import signer
from web.site.language import bureau_name, in_words
from web.site.record_words import in_this_language, template_words, title_in, value_words
from workflow.definition import CHIEF, OFFICER
from workflow.refusal import say

pages = Blueprint("record_import", __name__)
pages.context_processor(template_words)
DAY = 24 * 3600
SALT: Final = "record-sheet"
MOST_MEGABYTES = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetForm(Form):
    """Which sheet, and of which kind of records."""

    kind = SelectField(
        _("Kind of record"),
        [AnyOf(list(KIND_LABELS), message=_("Choose one of the answers offered."))],
        choices=[SelectChoice(kind, _(label)) for kind, label in KIND_LABELS.items()],  # type: ignore[arg-type]
        default="penalty",
        validate_choice=False,
    )
    sheet = FileField(_("Record sheet"), [FileRequired(_("Choose a sheet."))])


class ReturnForm(Form):
    """Why the head returns a sheet."""

    reasons = TextAreaField(
        _("Reasons"), [Length(max=2000), DataRequired(_("Say why: whoever brought the sheet reads it."))]
    )


@dataclass(frozen=True)
class Waiting:
    """A sheet that was looked at and waits to be imported as one of a kind; `token` names it."""

    token: str
    kind: str
    name: str
    content: bytes
    owners: Sequence[str] = ()
    """The codes of the bodies that may supply its rows; none: anybody."""


@pages.get("/records/import")
@requires(roles={OFFICER, CHIEF})
def choose() -> ResponseReturnValue:
    """Asks for a sheet."""
    return _form_page(SheetForm(formdata=None))


@pages.post("/records/import")
@requires(roles={OFFICER, CHIEF})
def look() -> ResponseReturnValue:
    """Says what would become of every row; nothing is written."""
    form, most = SheetForm(), MOST_MEGABYTES
    if not form.sent():
        return _form_page(form)
    name, content = form.sheet.data.filename or "sheet", form.sheet.data.read(most * 1024 * 1024 + 1)
    try:
        if len(content) > most * 1024 * 1024:
            raise BadSheet(
                say(
                    "{file} is larger than {most} MB: split it, or import it on the command line.", file=name, most=most
                )
            )
        waiting = _keep(name, form.kind.data, content)
        imported = _read(waiting)
    except BadSheet as refusal:
        form.mark({"sheet": refusal.message})
        return _form_page(form)
    return _outcome("records/import_look.html", waiting, imported)


@pages.post("/records/import/take")
@requires(roles={OFFICER, CHIEF})
def take() -> ResponseReturnValue:
    """Imports the good rows of the sheet that was looked at, all in one transaction."""
    waiting = _find(request.form.get("sheet", ""))
    if waiting is None:
        return _gone()
    try:
        with transaction() as session:
            imported, told = take_in(session, world(), waiting.content, waiting.kind, waiting.name, now())
    except NeedsRelease as many:
        return _held(waiting, many.imported)
    return _outcome("records/import_done.html", waiting, imported, told_cases=told)


def _held(waiting: Waiting, imported: Imported) -> ResponseReturnValue:
    """Nothing was written: the sheet waits for the head of the office, however often it is brought."""
    sha256 = _held_store().keep(waiting.name, waiting.content, "").sha256
    with transaction() as session:
        sheet = ToHold(sha256, waiting.kind, waiting.name, imported.read, newly_against(imported))
        act = hold(session, sheet, identity(), now())
        return redirect(url_for("record_import.held", id=act.id))


@pages.get("/records/import/held/<int:id>")
@requires(roles={OFFICER, CHIEF})
def held(id: int) -> ResponseReturnValue:
    """A sheet that waits for the head: what would become of it, who brought it; once decided, how."""
    return _held_page(_act(id), ReturnForm(formdata=None))


@pages.post("/records/import/held/<int:id>")
@requires(roles={CHIEF})
def decide(id: int) -> ResponseReturnValue:
    """The head imports the sheet, or returns it with reasons."""
    act, form = _act(id), ReturnForm()
    content = _content(act)
    if "release" in request.form and content is not None:
        with form.writing() as session:
            imported, told = release(session, world(), act.id, content, identity(), now())
        if form.status == 200:
            _forget(act)
            waiting = _keep(act.details["name"], act.details["kind"], content)
            return _outcome("records/import_done.html", waiting, imported, told_cases=told)
    elif form.sent():
        with form.writing() as session:
            give_back(session, act.id, form.reasons.data or "", identity(), now())
        if form.status == 200:
            _forget(act)
            flash(gettext("Returned: nothing of it was written. Whoever brought it reads your reasons here."))
            return redirect(url_for("record_import.held", id=act.id))
    return _held_page(act, form)


def _act(id: int) -> ActOfTwo:
    act = db.session().get(ActOfTwo, id)
    return act if act is not None and act.what == HELD_SHEET else abort(404)


def _held_page(act: ActOfTwo, form: ReturnForm) -> ResponseReturnValue:
    content = _content(act) if act.decided_at is None else None
    brought = act.proposed_by_id == identity().user_id
    about = {
        "act": act,
        "people": names_of(db.session(), [id for id in (act.proposed_by_id, act.decided_by_id) if id]),
        "form": form,
        "refusal": form.refusal,
        "brought": brought,
        "may_decide": identity().holds(CHIEF) and not brought,
    }
    if content is None:
        return render_template("records/import_held.html", imported=None, **about), form.status
    waiting = _keep(act.details["name"], act.details["kind"], content, act.details.get("owners", ()))
    return _outcome("records/import_held.html", waiting, _read(waiting), **about), form.status


def _content(act: ActOfTwo) -> bytes | None:
    """The sheet; none where the files of another server or a copy do not hold it."""
    path = _held_store().path(act.details["sha256"])
    return path.read_bytes() if path.exists() else None


def _forget(act: ActOfTwo) -> None:
    _held_store().path(act.details["sha256"]).unlink(missing_ok=True)


def _held_store() -> Store:
    """Beside those that were only looked at: these are kept until somebody has decided."""
    return held_sheet_store(settings().data_dir)


@pages.get("/batches/<int:id>")
@requires(roles={OFFICER, CHIEF})
def batch(id: int) -> ResponseReturnValue:
    """A sheet that came by a folder: what became of it, or what would."""
    return _batch_page(_batch(id), Form(formdata=None))


@pages.post("/batches/<int:id>")
@requires(roles={OFFICER, CHIEF})
def forward(id: int) -> ResponseReturnValue:
    """An officer has looked at a batch that waits and puts it before the head."""
    found, form = _batch(id), Form()
    if form.sent():
        with form.writing() as session:
            act = put_forward(session, found.id, identity(), now())
        if form.status == 200:
            return redirect(url_for("record_import.held", id=act.id))
    return _batch_page(found, form)


def _batch(id: int) -> SourceBatch:
    return db.session().get(SourceBatch, id) or abort(404)


def _batch_page(found: SourceBatch, form: Form) -> ResponseReturnValue:
    theirs = db.session().scalars(select(Bureau).where(Bureau.code.in_(found.owners)).order_by(Bureau.id))
    suppliers = [bureau_name(one) for one in theirs]
    about = {"batch": found, "form": form, "refusal": form.refusal, "suppliers": suppliers}
    path = _held_store().path(found.sha256)
    if found.state != "waits" or not path.exists():
        return render_template("records/batch.html", imported=None, **about), form.status
    waiting = _keep(found.name, found.kind, path.read_bytes(), found.owners)
    return _outcome("records/batch.html", waiting, _read(waiting), **about), form.status


@pages.get("/records/import/rejected")
@requires(roles={OFFICER, CHIEF})
def rejected() -> ResponseReturnValue:
    """The rejected rows with their reasons, as a sheet to mend and import again."""
    waiting = _find(request.args.get("sheet", ""))
    if waiting is None:
        return _gone()
    imported, target = _read(waiting), io.BytesIO()
    write_rejects(target, imported.heading, imported.rejections, in_words)
    target.seek(0)
    name = f"{waiting.name.rpartition('.')[0] or waiting.name}.rejected.xlsx"
    return send_file(target, mimetype=XLSX, as_attachment=True, download_name=name)


def _outcome(template: str, waiting: Waiting, imported: Imported, **more: object) -> str:
    """The rows by what becomes of them: against decisions, with the case that decided; updated; rejected."""
    session, kind = db.session(), waiting.kind
    against = [*imported.conflicting[:SHOWN], *imported.repeating[:SHOWN]]
    updated = [one.record_id for one in imported.updates]
    decided = session.scalars(select(Case).where(Case.id.in_({one.case_id for one in against}), visible_to(identity())))
    return render_template(
        template,
        sheet=waiting,
        imported=imported,
        shown=SHOWN,
        numbers={case.id: case.number for case in decided},
        going={
            record: [case for case in cases if case.closed_at is None]
            for record, cases in cases_about(session, identity(), updated).items()
        },
        label=lambda key: in_words(say(column.label)) if (column := column_of(kind, key)) else key,
        value=lambda key, said: value_words(column, said) if (column := column_of(kind, key)) else said,
        title=lambda values: in_this_language(title_in(kind, values)),
        apart=lambda key, before, after: difference(column_of(kind, key), before, after),
        day=lambda at: law().day_of(at),
        needs_release=newly_against(imported) > MOST,
        **more,
    )


def _read(waiting: Waiting) -> Imported:
    """A dry run. Raises BadSheet."""
    session, actor = db.session(), "import:look"
    return import_sheet(
        session, waiting.content, waiting.kind, law(), now(), actor, dry_run=True, owners=waiting.owners
    )


def _form_page(form: SheetForm) -> ResponseReturnValue:
    held = held_sheets(db.session(), now())
    people = names_of(db.session(), {act.proposed_by_id for act in held})
    batches = recent(db.session(), now())
    return render_template("records/import.html", form=form, held=held, people=people, batches=batches), form.status


def _gone() -> ResponseReturnValue:
    flash(gettext("This sheet is no longer kept. Choose it again."))
    return redirect(url_for("record_import.choose"))


def _keep(name: str, kind: str, content: bytes, owners: Sequence[str] = ()) -> Waiting:
    """Put the sheet aside, and throw away those that have waited for more than a day."""
    store, at = _store(), now().timestamp()
    for path in store.root.glob("*/*"):
        if path.stat().st_mtime < at - DAY:
            path.unlink(missing_ok=True)
    stored = store.keep(name, content, "")
    os.utime(store.path(stored.sha256), (at, at))
    named = {"sha256": stored.sha256, "name": stored.name, "kind": kind, "owners": [*owners], "user": person().id}
    return Waiting(str(signer(SALT).dumps(named)), kind, stored.name, content, owners)


def _find(token: str) -> Waiting | None:
    try:
        named: Mapping[str, Any] = signer(SALT).loads(token, max_age=DAY)
    except BadSignature:
        return None
    if named["user"] != person().id or not _store().holds(named["sha256"]):
        return None
    content = _store().path(named["sha256"]).read_bytes()
    return Waiting(token, named.get("kind", "penalty"), named["name"], content, named.get("owners", ()))


def _store() -> Store:
    return Store(settings().data_dir / "sheets")
