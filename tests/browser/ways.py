"""Every way a case of each kind can end, as steps that people take in a browser. Data: read it beside procedures.md.

A step is who, which act, and what they fill in. `clock` lets so many days pass. Findings are one word for all fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Step = tuple[str, str, Mapping[str, str]]
FILE = "a file"
"""Stands for a PDF that is attached."""
TODAY = "today"
"""Stands for the day on which it is filled in."""

LINKED: Step = ("linked", "", {})
"""From here on it is the case that this one has opened."""

CLAIM = {"claims-fine-wrong": "yes", "claims-fine-value": "0.80"}
TWO = {**CLAIM, "claims-decided_on-wrong": "yes", "claims-decided_on-value": "2026-03-13"}
WHY = {"reasons": "已经核对原卷。"}
AWAY = {**WHY, "where": "向有关机关提出。"}


NAMED = {"law": "某办法第9条", "law_checked_on": TODAY}
"""What is named where the place's table gives no article."""


@dataclass(frozen=True)
class Way:
    """One path: the kind, the opening (as `?way=` names it), who opens, what they fill in, the steps, and its end."""

    kind: str
    name: str
    end: str
    steps: tuple[Step, ...]
    opening: Mapping[str, str]
    by: str = "enterprise"
    way: str = ""
    record: str = "penalty"

    @property
    def id(self) -> str:
        return f"{self.kind} {self.name} {self.end}"


def step(who: str, action: str, **fields: str) -> Step:
    return (who, action, fields)


def found(code: str, *fields: str) -> dict[str, str]:
    said = {}
    for field in fields or ("fine",):
        said[f"findings-{field}-finding"] = code
        if code != "as_claimed":
            said[f"findings-{field}-reason"] = "决定书如此记载。"
    return {**said, **WHY}


OBJECTION = {"ground": "wrong", **CLAIM, "words": "决定书写的是八千元。", "files": FILE}
EXPIRED = {"ground": "expired", "words": "公示期已过。", "files": FILE}
ACCEPTED = (step("office", "accept"), step("office", "refer", question="请核对。"))
LED_AWAY = step("chief", "transfer", where="自治区信用中心", **WHY)
ANSWER = step("office", "answer", letter="已经核实，答复如下。")
CARRIED_OUT = (step("office", "carry_out"), ANSWER)
PAPERS_NEVER_COME = (step("office", "ask_papers", missing="请补充缴款凭证。"), ("clock", "20", {}),
                     step("office", "lapse", **WHY, **NAMED))  # fmt: skip


def decided(code: str, *fields: str) -> tuple[Step, ...]:
    return (*ACCEPTED, step("reviewer", "propose", **found(code, *fields)), step("approver", "approve"))


KEPT = (*decided("kept"), ANSWER)

OBJECTIONS = (
    Way("objection", "granted", "corrected", (*decided("as_claimed"), *CARRIED_OUT), OBJECTION),
    Way("objection", "display over", "display_ended", (*decided("as_claimed", "display"), *CARRIED_OUT), EXPIRED),
    Way("objection", "own error", "own_error", (
        step("office", "accept"), step("office", "correct_own", files=FILE, **found("as_claimed")),
        step("chief", "confirm_own"), ANSWER), OBJECTION),
    Way("objection", "another value", "partly", (
        *ACCEPTED, step("reviewer", "propose", **{**found("other"), "findings-fine-value": "1.00"}),
        step("approver", "approve"), *CARRIED_OUT), OBJECTION),
    Way("objection", "asked for papers", "kept", (
        *ACCEPTED, step("reviewer", "ask", missing="现场笔录"), step("enterprise", "supply", words="补上。"),
        step("reviewer", "propose", **found("kept")), step("approver", "approve"), ANSWER), OBJECTION),
    Way("objection", "no trace", "undetermined", (*decided("undecidable"), ANSWER), OBJECTION),
    Way("objection", "at once", "refused", (step("office", "refuse", where="向认定单位提出。", **WHY),), OBJECTION),
    Way("objection", "after a return", "transferred", (
        *ACCEPTED, step("reviewer", "return", **WHY), LED_AWAY), OBJECTION),
    Way("objection", "by the firm", "withdrawn", (step("enterprise", "withdraw"),), OBJECTION),
    Way("objection", "no papers", "lapsed", PAPERS_NEVER_COME, OBJECTION),
    Way("objection", "on review", "corrected", (
        *KEPT, step("enterprise", "ask_review", words="请再查。"),
        step("office", "propose_review", **found("as_claimed")), step("chief", "approve_review"), *CARRIED_OUT),
        OBJECTION),
    Way("objection", "refusal upheld", "refused", (
        step("office", "refuse", where="向认定单位提出。", **WHY), step("enterprise", "ask_review", words="请再查。"),
        step("chief", "decide_refusal", decision="upheld", **WHY), ANSWER), OBJECTION),
    Way("objection", "review withdrawn", "kept", (
        *KEPT, step("enterprise", "ask_review", words="请再查。"), step("enterprise", "withdraw_review")), OBJECTION),
    Way("objection", "and the bureau's own system", "corrected", (
        *decided("as_claimed"), *CARRIED_OUT, LINKED,
        step("reviewer", "confirm", result="system_right", done_on=TODAY, reference="环更77号")), OBJECTION),
    Way("objection", "and no copy at the bureau", "corrected", (
        *decided("as_claimed"), *CARRIED_OUT, LINKED,
        step("reviewer", "confirm", result="no_copy", done_on=TODAY)), OBJECTION),
    Way("objection", "on paper", "withdrawn", (step("enterprise", "withdraw"),),
        {**OBJECTION, "handed_in_on": "2026-11-23"}, by="office"),
)  # fmt: skip

REQUEST = {**CLAIM, "words": "附决定书。", "files": FILE}
TAKEN_ON = (step("office", "accept"),)


def verified(code: str, *fields: str) -> tuple[Step, ...]:
    return (step("reviewer", "propose", **found(code, *fields)), step("approver", "approve"))


CHANGED = {"changed_on": "2026-11-20", "document": "示政复〔2026〕3号", "files": FILE}
SELF = {**CLAIM, "words": "内部检查发现。"}

CORRECTIONS = (
    Way("correction", "on request", "corrected", (*TAKEN_ON, *verified("as_claimed"), *CARRIED_OUT), REQUEST),
    Way("correction", "on request", "partly", (
        *TAKEN_ON, step("reviewer", "propose", **{
            **found("as_claimed"), "findings-decided_on-finding": "undecidable",
            "findings-decided_on-reason": "无据可查。"}), step("approver", "approve"), *CARRIED_OUT),
        {**REQUEST, **TWO}),
    Way("correction", "by findings", "refused", (*TAKEN_ON, *verified("kept"), ANSWER), REQUEST),
    Way("correction", "at once", "refused", (step("office", "refuse", where="向认定单位提出。", **WHY),), REQUEST),
    Way("correction", "at once", "transferred", (
        step("office", "transfer", where="自治区信用中心", **WHY),), REQUEST),
    Way("correction", "after a return", "transferred", (
        *TAKEN_ON, step("reviewer", "return", **WHY), LED_AWAY), REQUEST),
    Way("correction", "by the firm", "withdrawn", (step("enterprise", "withdraw"),), REQUEST),
    Way("correction", "no papers", "lapsed", PAPERS_NEVER_COME, REQUEST),
    Way("correction", "decision changed", "corrected", (*verified("as_claimed", "display"), ANSWER), CHANGED,
        by="reviewer", way="open:decision_changed"),
    Way("correction", "decision unchanged", "dropped", (*verified("kept", "display"), ANSWER), CHANGED,
        by="reviewer", way="open:decision_changed"),
    Way("correction", "self-found", "corrected", (*verified("as_claimed"), *CARRIED_OUT), SELF, by="reviewer",
        way="open:self_found"),
    Way("correction", "self-found", "dropped", (*verified("kept"), ANSWER), SELF, by="reviewer",
        way="open:self_found"),
)  # fmt: skip

APPLICATION = {"words": "罚款已缴，料场已封闭。", "files": FILE, "commitment": "yes"}
FORWARDED = (step("office", "forward", received_on=TODAY),)
DECIDING = (*FORWARDED, step("reviewer", "accept"))


def ruled(decision: str) -> tuple[Step, ...]:
    return (step("reviewer", "propose", decision=decision, **WHY), step("approver", "approve"))


def confirmed(*what: str) -> tuple[Step, ...]:
    return tuple(step("office", "confirm", what=one, done_on=TODAY) for one in what)


GRANTED = (*DECIDING, *ruled("grant"), *confirmed("display_ended", "sharing_stopped"))
REVOKING = (*GRANTED, step("reviewer", "open_revoke", facts="承诺不实。"))

REPAIRS = (
    Way("repair", "general", "granted", GRANTED, APPLICATION),
    Way("repair", "of a list", "granted", (
        *DECIDING, *ruled("grant"), *confirmed("display_ended", "list_left", "sharing_stopped")), APPLICATION,
        record="serious_list"),
    Way("repair", "market regulation", "granted", (
        *FORWARDED, step("reviewer2", "accept"), step("reviewer2", "propose", decision="grant", **WHY),
        step("approver2", "approve"), *confirmed("display_ended", "sharing_stopped")), APPLICATION,
        record="market_regulation"),
    Way("repair", "entered by the bureau", "granted", (
        step("reviewer", "accept"), *ruled("grant"), *confirmed("sharing_stopped", "display_ended")),
        {**APPLICATION, "applied_on": "2026-11-20", "received_on": "2026-11-23"}, by="reviewer", way="enter"),
    Way("repair", "by the bureau", "refused", (*DECIDING, *ruled("refuse")), APPLICATION),
    Way("repair", "by the bureau", "not_accepted", (*FORWARDED, step("reviewer", "not_accept", **AWAY)), APPLICATION),
    Way("repair", "by the firm", "withdrawn", (step("enterprise", "withdraw"),), APPLICATION),
    Way("repair", "no papers", "lapsed", (
        *FORWARDED, step("reviewer", "ask_papers", missing="缴款凭证"), ("clock", "20", {}),
        step("reviewer", "lapse", **WHY, **NAMED)), APPLICATION),
    Way("repair", "to Credit China", "elsewhere", (step("office", "lead", where="信用中国", **WHY),), APPLICATION),
    Way("repair", "views stated", "revoked", (
        *REVOKING, step("enterprise", "state_views", words="已经整改。"),
        step("reviewer", "propose_revoke", decision="revoke", **WHY, **NAMED),
        step("approver", "approve_revoke")), APPLICATION),
    Way("repair", "no views came", "granted", (
        *REVOKING, ("clock", "20", {}), step("reviewer", "propose_revoke", decision="keep", **WHY),
        step("approver", "approve_revoke")), APPLICATION),
)  # fmt: skip

COMPLAINT = {"complained_of": "bureau", "body": "示范市生态环境局示范旗分局", "facts": "拖了三个月没有答复。",
             "sought": "请督促办理。"}  # fmt: skip
ABOUT_ANOTHER = {**COMPLAINT, "body": "示范旗应急管理局"}
REGISTERED = (step("office", "acknowledge"),)


def routed(route: str) -> tuple[Step, ...]:
    return (*REGISTERED, step("office", "route", route=route))


def opinion(decision: str) -> dict[str, str]:
    return {"decision": decision, "facts": "三个月未答复。", **NAMED, **WHY}


def by_the_office(decision: str) -> tuple[Step, ...]:
    return (step("office", "propose", **opinion(decision)), step("chief", "approve"))


UNIT = (*routed("petition"), step("office", "forward", bureau="示范市生态环境局示范旗分局", question="请调查。"))

COMPLAINTS = (
    Way("complaint", "petition", "founded", (*routed("petition"), *by_the_office("founded")), COMPLAINT),
    Way("complaint", "business environment", "partly", (*routed("business_env"), *by_the_office("partly")), COMPLAINT),
    Way("complaint", "enforcement", "unfounded", (
        *routed("enforcement"), step("office", "ask_body", words="请说明执法依据。"),
        step("office", "record_reply", reply="依法进行。"), *by_the_office("unfounded"),
        step("enterprise", "rate", score="little")), COMPLAINT),
    Way("complaint", "false display", "founded", (*routed("false_display"), *by_the_office("founded")), COMPLAINT),
    Way("complaint", "by a unit", "founded", (
        *UNIT, step("reviewer", "propose", **opinion("founded")), step("approver", "approve")), ABOUT_ANOTHER),
    Way("complaint", "kept after an objection", "unfounded", (
        *UNIT, step("reviewer", "object", **WHY), step("chief", "keep"), *by_the_office("unfounded")), ABOUT_ANOTHER),
    Way("complaint", "about an officer", "partly", (
        step("chief", "acknowledge"), step("chief", "route", route="business_env"),
        step("chief", "decide", **opinion("partly"))),
        {"complained_of": "officer", "facts": "态度恶劣。", "sought": "请道歉。"}),
    Way("complaint", "about the office", "elsewhere", (
        *REGISTERED, step("office", "lead", led_to="city_platform", **WHY)),
        {"complained_of": "office", "facts": "不予受理。", "sought": "请受理。"}),
    Way("complaint", "at once", "not_accepted", (*REGISTERED, step("office", "not_accept", **AWAY)), COMPLAINT),
    Way("complaint", "by the firm", "withdrawn", (step("enterprise", "withdraw"),), COMPLAINT),
)  # fmt: skip

WAYS = (*OBJECTIONS, *CORRECTIONS, *REPAIRS, *COMPLAINTS)
SHORT = ("objection granted corrected", "correction decision changed corrected", "repair views stated revoked",
         "complaint by a unit founded")  # fmt: skip
"""One of each kind, walked in every run; all of them where EVERY_WAY is set."""
