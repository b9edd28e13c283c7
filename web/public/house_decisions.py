"""What is decided here where the law is silent: stated as ours, numbered from D1, and what is not there yet."""

from typing import Final

from flask_babel import lazy_gettext as _

_SENTENCES: Final = (
    _("Silence never grants and never refuses. When an official is late, the case is raised to those above."),
    _(
        "If you do not send papers that were asked for, the case goes back to the desk that asked. Before "
        "acceptance it may close the case in writing, and you may file again at once; after acceptance the bureau "
        "decides on what it has."
    ),
    _(
        "From the day a deadline is missed you are told what was proposed or promised, who is responsible, and "
        "from which day the law's remedies for failure to act open; never earlier."
    ),
    _(
        "Papers may be asked for once at intake and once by the bureau, everything at once. You may add papers of "
        "your own until the decision is approved; that stops no clock."
    ),
    _(
        "A pause that begins on the last day uses that day up. What is missed stays missed: a later pause or "
        "extension moves no date."
    ),
    _(
        "A bureau may return a case as not its own once, within two working days; then the head of the office "
        "assigns it, and that cannot be returned. Another bureau's time starts afresh, the same bureau's goes on; "
        "the limit of the whole case never starts again."
    ),
    _(
        "An objection that is granted changes the record on this platform, once, and the office does it itself. A "
        "linked correction then has the bureau put its own system right; an own error of the office opens none."
    ),
    _(
        "What could not be established is found for each field: your statement and a note of the check stay "
        "beside the record."
    ),
    _("The office's own copying error is corrected by an officer and confirmed by the head of the office."),
    _(
        "Nobody approves what they proposed, and nobody decides on a record that they entered or handled; a "
        "review is made by others than the first decision. The head of the office alone reviews a refusal and "
        "decides a complaint about an officer, and the auditor gets a copy."
    ),
    _(
        "A decision names the body and the court you may turn to. As long as these are not entered for a bureau, "
        "nothing of it can be approved."
    ),
    _(
        "By law a repair is applied for at Credit China, and where market regulation made the record, there or "
        "at its own disclosure system. Here you see which holds for each record, prepare the application, and can "
        "have it forwarded; the bureau's days count from its own receipt."
    ),
    _(
        "The class of a record is what its bureau stated, and otherwise unknown: then the dates of every class "
        "are shown. Dates only advise. You may apply earlier all the same, and the bureau alone decides."
    ),
    _(
        "Where two rules give two dates for a record, both are shown and the one better for you is acted on. A "
        "repair may be filed from the day after the minimum ends."
    ),
    _(
        "A repair that is revoked brings the record back until its old end, and adds nothing. Your statement is "
        "asked for first."
    ),
    _(
        "A complaint is read by who complained, the officers, the head of the office and the auditor, and by a "
        "bureau only while it investigates. The body complained of gets a letter in the office's own words, "
        "without name, text or files. A complaint about an officer is the head's alone; one about the office or "
        "its head is led to whoever is above; anonymous ones to the 12345 hotline."
    ),
    _(
        "What is handed in on paper counts from the day it was received, not from the day it was typed in. A "
        "bureau's reviewer or an officer enters it."
    ),
    _(
        "A deputy is named with dates and acts in their own name, for somebody; who may not decide is judged by "
        "the person. Where nobody is left, the head names a deputy."
    ),
    _(
        "One open case of a kind for each record and enterprise: a second one is refused with a link to the "
        "first. What another case would open a second time is added to the open one."
    ),
    _(
        "Not here yet: shielding a record after a bankruptcy ruling, persons who are no enterprise, and meetings "
        "of several units on one case."
    ),
    _(
        "You may ask for a review once, of what was not granted. All limits then start afresh; no period of law "
        "stops for it. While a case that you did not file bars you from asking, your time to ask does not run."
    ),
    _("The mark that a record is under objection stands until the case ends; only objections set it."),
    _("Whatever else befalls the record closes no case: those concerned are told."),
    _("A complaint pauses for nobody: no text gives a pause."),
    _("A bureau reads a case from the day it is referred there; once another has it, it reads what it had."),
    _(
        "When a bureau is merged, split or renamed, its cases, records and people follow the successor in one "
        "act. In law it is the same body: its time goes on, and old papers keep the old name."
    ),
    _("Who ran an import has not entered its records by hand, and may decide on them."),
    _(
        "Records of other kinds come by the same import, or by hand. What a bureau should still state about a "
        "record is a list on its desk: no case, no deadline."
    ),
    _("A supervision sheet that the head of the office sends early is the one the clock would have sent."),
    _(
        "Where an application for repair was forwarded from Credit China, the whole case counts from the day it "
        "was received there; at our window from the day of filing."
    ),
)
_LATER: Final = {
    32: _("Who may not approve a proposal may not send it back either."),
    37: _(
        "Who decides on a proposal decides on the one that the page showed. Where it has been made anew meanwhile, the "
        "page shows both, and the decision is taken from the new one alone."
    ),
    70: _(
        "You may change what you have claimed until it is accepted. What you said first is kept, and no time limit "
        "starts again."
    ),
    71: _(
        "A proposal may be called back by whoever made it, as long as nobody who may decide on it has opened it. The "
        "time limit runs on."
    ),
    34: _("A value that is found equal to what you claimed counts as claimed, however it is written."),
    39: _(
        "What another case finds out about the same record joins the open one and needs a finding there; a proposal "
        "that was waiting goes back, and the time runs on. Once the case has been decided it waits, and gets a case "
        "of its own when that one closes, with its time counted from the day on which it joined."
    ),
    40: _(
        "A complaint may be about an enterprise that displays false data. About anybody else nothing is filed here, "
        "and you read where to go; what came on paper is registered and led there in writing."
    ),
    42: _(
        "The credit office never investigates itself, nor the body it is part of: a complaint about it goes to "
        "whoever is above, and to nobody else. Where that is not entered, the complaint stays registered until it is."
    ),
}
"""By number; each is stated here once it is built."""
HOUSE_DECISIONS: Final = tuple(
    (f"D{number}", sentence) for number, sentence in (*enumerate(_SENTENCES, 1), *sorted(_LATER.items()))
)
