"""A bureau's own system: takes the cases referred to it, proposes from its books, follows what becomes of them.

    REDRESS_TOKEN=rdr_… python client.py https://credit.example.cn --person NAME --books books.json --state state.json

The standard library is all that it needs. The books say by document number what the bureau's own register has:
{"示环罚〔2026〕18号": {"values": {"fine": "0.80"}, "reasons": "…"}}. What they do not say is left to the person, and so
is every decision: an approver of the bureau signs in and approves, or sends back.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

TRIES = 5
"""So often the same is sent again, under the same key, while the platform is away or asks to wait."""


class Refused(Exception):
    """The platform's answer to what cannot be done, with its sentence."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["detail"])
        self.status, self.errors = problem["status"], problem.get("errors", {})


class Redress:
    """Asks `/api/v1` with a token of the bureau, for one person of it."""

    def __init__(self, url: str, token: str, person: str, wait: Any = time.sleep) -> None:
        self.url, self.wait = f"{url.rstrip('/')}/api/v1", wait
        self.headers = {"Authorization": f"Bearer {token}", "Redress-Person": person, "Accept-Language": "zh"}

    def get(self, path: str) -> Any:
        return self._send(urllib.request.Request(self.url + path, headers=self.headers))

    def act(self, case: dict[str, Any], action: str, answers: dict[str, Any]) -> Any:
        """Take a step on the case as it was read. The key is the step's own: sent again, it is not done again."""
        headers = {
            **self.headers,
            "Content-Type": "application/json",
            "If-Match": f'"{case["version"]}"',
            "Idempotency-Key": f"{case['number']}-{case['version']}-{action}",
        }
        address = f"{self.url}/cases/{case['number']}/acts/{action}"
        return self._send(urllib.request.Request(address, json.dumps(answers).encode(), headers, method="POST"))

    def _send(self, request: urllib.request.Request) -> Any:
        tries = 0
        while True:
            tries += 1
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or tries == TRIES:
                    raise Refused(json.load(error)) from None
                self.wait(int(error.headers.get("Retry-After", 10)))
            except urllib.error.URLError:
                if tries == TRIES:
                    raise
                self.wait(2**tries)


class Bureau:
    """What the bureau's system does with what is new; `state` is all that it keeps between two runs."""

    def __init__(self, redress: Redress, books: dict[str, Any], state: dict[str, Any]) -> None:
        self.redress, self.books, self.state = redress, books, state
        self.log: list[str] = []

    def work(self) -> None:
        """Follow the feed to its end, and look once at each case that changed."""
        changed: dict[str, None] = {}
        more = True
        while more:
            page = self.redress.get(f"/feed?after={self.state.get('after', '')}")
            changed |= dict.fromkeys(entry["ref"] for entry in page["entries"] if entry["type"] == "case.changed")
            self.state["after"], more = page["next"], page["more"]
        for number in changed:
            self.look(number)

    def look(self, number: str) -> None:
        """Propose where it is the bureau's turn and the books know the record; note where it stands."""
        case = self.redress.get(f"/cases/{number}")
        self.state.setdefault("cases", {})[number] = case["state"]["name"]
        acts = {one["name"]: one for one in self.redress.get(f"/cases/{number}/choices")["acts"] if one["open"]}
        known = self.books.get(case["document_number"])
        if known and "propose" in acts and case["kind"] in ("objection", "correction"):
            self.propose(case, self.findings(acts["propose"], known))

    def propose(self, case: dict[str, Any], answers: dict[str, Any]) -> None:
        """Hand the findings in, for an approver to decide; where somebody acted meanwhile, look again."""
        number = case["number"]
        try:
            done = self.redress.act(case, "propose", answers)
        except Refused as refusal:
            self.log.append(f"{number}: {refusal} {refusal.errors}")
            if refusal.status == 412:
                self.look(number)
        else:
            self.state["cases"][number] = done["state"]["name"]
            self.log.append(f"{number}: proposed")

    def findings(self, act: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
        """What the books say of each field in dispute. The platform sees itself whether that is as claimed."""
        asked = next(field for field in act["asks"] if field["name"] == "findings")
        values, reasons = known["values"], known["reasons"]
        found = {
            field["code"]: {"finding": "other", "value": values[field["code"]], "reason": reasons}
            if field["code"] in values
            else {"finding": "undecidable", "reason": reasons}
            for field in asked["about"]
        }
        return {"findings": found, "reasons": reasons}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("url")
    asked.add_argument("--person", required=True, help="user name of the reviewer for whom it acts")
    asked.add_argument("--books", type=Path, required=True)
    asked.add_argument("--state", type=Path, required=True)
    said = asked.parse_args()
    state = json.loads(said.state.read_text("utf-8")) if said.state.exists() else {}
    redress = Redress(said.url, os.environ["REDRESS_TOKEN"], said.person)
    bureau = Bureau(redress, json.loads(said.books.read_text("utf-8")), state)
    bureau.work()
    said.state.write_text(json.dumps(state, ensure_ascii=False, indent=1), "utf-8")
    sys.stdout.write("\n".join(bureau.log or ["nothing new"]) + "\n")


if __name__ == "__main__":
    main()
