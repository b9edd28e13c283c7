from __future__ import annotations

from dataclasses import replace

from click.testing import CliRunner

from cases.kinds import all_kinds
from commands.kinds import kinds_commands, permissions, report, shipped
from tests.workflow.builders import place, sound, with_action
from workflow.check import check_all
from workflow.definition import Field


def test_every_kind_holds_together_in_every_shipped_place() -> None:
    assert [str(fault) for fault in check_all(tuple(all_kinds().values()), shipped())] == []


def test_the_shipped_places_are_those_where_cases_are_kept() -> None:
    assert {law.code for law in shipped()} >= {"cn-nm-demo", "cn-nm-etuoke"}


def test_check_says_ok_of_each_kind() -> None:
    answer = CliRunner().invoke(kinds_commands, ["check"])
    assert answer.exit_code == 0
    assert answer.output.splitlines() == [f"ok: {kind}" for kind in all_kinds()]


def test_check_prints_each_fault_of_an_unsound_kind() -> None:
    unsound = replace(with_action("refer", asks=(Field("word", ""),)), letters="Q")
    lines, is_sound = report([unsound], [place()])
    assert not is_sound
    assert len(lines) == 2
    assert report([sound()], [place()]) == (["ok: request"], True)


def test_permissions_are_a_line_for_each_state_and_action() -> None:
    rows = list(permissions([sound()]))
    assert rows[0] == ("kind", "variant", "state", "action", "roles")
    assert ("request", "-", "start", "file", "filer") in rows
    assert ("request", "-", "with_bureau", "supervise", "chief clock") in rows
    assert len(rows) == len(set(rows))


def test_permissions_of_each_variant_stand_apart() -> None:
    definition = replace(with_action("refer", variants=("long",)), variants=("short", "long"))
    rows = list(permissions([definition]))
    assert ("request", "long", "filed", "refer", "officer") in rows
    assert ("request", "short", "filed", "refer", "officer") not in rows


def test_permissions_print_the_objection() -> None:
    answer = CliRunner().invoke(kinds_commands, ["permissions"])
    assert "objection\t-\tproposed\tapprove\tapprover" in answer.output.splitlines()


def test_permissions_of_one_variant_of_one_kind() -> None:
    asked = ["permissions", "correction", "--variant", "from_objection"]
    lines = [line.split("\t") for line in CliRunner().invoke(kinds_commands, asked).output.splitlines()]
    assert {(line[0], line[1]) for line in lines[1:]} == {("correction", "from_objection")}
    assert {line[2] for line in lines[1:]} == {"start", "putting_right"}, "what the variant cannot come to is left out"
    assert ["correction", "from_objection", "putting_right", "confirm", "reviewer"] in lines


def test_permissions_of_a_variant_of_no_kind_are_refused() -> None:
    answer = CliRunner().invoke(kinds_commands, ["permissions", "--variant", "petition"])
    assert answer.exit_code == 2
    assert "Name one of: " in answer.output


def test_a_diagram_of_the_objection_is_printed() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "objection"])
    assert answer.output.startswith("stateDiagram-v2\n")
    assert "[*] --> filed" in answer.output


def test_a_kind_that_is_not_there_is_refused_with_those_that_are() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "dream"])
    assert answer.exit_code == 2
    assert "Name one of: " in answer.output
    assert "objection" in answer.output


def test_a_variant_that_is_not_there_is_refused() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "objection", "--variant", "slow"])
    assert answer.exit_code == 2
    assert "There is no variant 'slow' of objection" in answer.output
