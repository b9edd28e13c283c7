"""The scenes of the album, by hand: each page for each who reads it, and the states that a page has.

In the order in which a person meets them; where a scene has no address it goes on from the one before.
"""

from tests.bench.album.scenes.auditor import AUDITOR
from tests.bench.album.scenes.bureau import BUREAU
from tests.bench.album.scenes.conditions import STAGED
from tests.bench.album.scenes.firm import FIRM, SUPPLYING
from tests.bench.album.scenes.office import OFFICE
from tests.bench.album.scenes.public import PUBLIC
from tests.bench.album.scenes.states import PAPERS, STATES

__all__ = ["NO_PAGES", "SCENES", "STAGED"]

SCENES = (*PUBLIC, *FIRM, *BUREAU, *OFFICE, *AUDITOR, *STATES, *PAPERS, *SUPPLYING)

NO_PAGES = {
    "/sign-in/step": "asked of nobody in the demo; tests/web/account/test_factor.py opens it",
    "/static/<path:filename>": "a file",
    "/endpoints/<int:id>": "no demo system is told anything; tests/web/admin/test_endpoints_page.py opens it",
    "/health": "for machines",
    "/health/scheduler": "for machines",
    "/files/<int(max=2147483647):file_id>": "a person's own file, as it came",
    "/papers/<int(max=2147483647):paper_id>.pdf": "a file to keep",
    "/cases/<number>/papers.zip": "a file to keep",
    "/calendar/<name>.toml": "a file to keep",
    "/help/guides/pictures/<path:name>": "a picture",
    "/rules/<key>/document/<int(max=2147483647):promise_id>": "a file, as it came",
    "/rules.csv": "a sheet to keep",
    "/public/lists/<code>.csv": "a sheet to keep",
    "/public/lists/<code>.json": "for machines",
    "/public/ended.csv": "a sheet to keep",
    "/rules/<key>/preview": "leads back to the limit",
    "/rules/<key>/adopt": "leads back to the limit",
    "/calendar/load": "leads back to the calendar",
    "/calendar/preview": "leads back to the calendar",
    "/audit/verify_export.py": "a program to keep",
    "/audit/<number>/export": "a file to keep",
    "/admissions/<number>/scan": "a file, as it came",
    "/firm/agents/<int:id>/letter": "a file, as it came",
    "/forms/<key>/files/<sha256>": "a person's own file, as it came",
    "/deliveries/<int:id>/proof/<sha256>": "a file, as it came",
    "/assessment.xlsx": "a sheet to keep",
    "/feed/<token>.ics": "for a calendar",
    "/records/import/rejected": "a sheet to keep",
    "/batches/<int:id>": "no demo batch waits; tests/exchange/test_sources.py opens it",
    "/records/import/held/<int:id>": "no demo sheet waits; tests/web/records/test_held_sheets.py opens it",
    "/api/v1/openapi.json": "for machines",
    "/api/v1/<path:rest>": "for machines",
    "/api/v1/cases/<number>": "for machines",
    "/api/v1/cases/<number>/deadlines": "for machines",
    "/api/v1/cases/<number>/choices": "for machines",
    "/api/v1/cases": "for machines",
    "/api/v1/cases/<number>/papers": "for machines",
    "/api/v1/cases/<number>/papers/<int:paper_id>.pdf": "for machines",
    "/api/v1/feed": "for machines",
    "/api/v1/records": "for machines",
    "/api/v1/records/<int:record_id>": "for machines",
    "/api/v1/figures/<month>": "for machines",
    "/api/v1/calendar/due": "for machines",
    "/language/<lang>": "leads back to where one was",
}
"""Addresses that give no page of their own, and why."""
