"""What is still missing in the form of an act, said before it is sent: the same answers held against the same rules."""

from __future__ import annotations

from collections.abc import Sequence

from cases.model.evidence import StoredFile
from web.acts.form import ActForm, Fault
from web.acts.request import Scene
from workflow.answers import faults_of
from workflow.definition import Facts


def missing_in(scene: Scene, form: ActForm, files: Sequence[StoredFile]) -> list[Fault]:
    """What would be refused if the form were sent as it stands, each with the field it is about."""
    reading, chosen = scene.reading, scene.open
    facts = Facts(
        reading.definition,
        reading.file.snapshot,
        reading.world,
        chosen.action,
        chosen.role,
        reading.person,
        form.answers(files),
        reading.now,
        reading.today,
    )
    return form.lines(faults_of(facts))
