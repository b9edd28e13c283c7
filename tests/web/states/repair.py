"""A repair in each of its places: the same in both variants, each on a record of its own branch of law."""

from tests.web.states.ways import Ways

WITH_BUREAU = "file forward"
DECIDING = f"{WITH_BUREAU} accept"
CARRIED_OUT = f"{DECIDING} propose approve confirm confirm/sharing"
REVOKING = f"{CARRIED_OUT} open_revoke state_views"

PLACES = {
    "filed": "file", "returned": f"{WITH_BUREAU} return", "with_bureau": WITH_BUREAU,
    "with_bureau: papers did not come": f"{WITH_BUREAU} ask_papers sweep",
    "awaiting_papers": f"{WITH_BUREAU} ask_papers", "deciding": DECIDING, "bureau_asks": f"{DECIDING} ask",
    "proposed": f"{DECIDING} propose", "carrying_out": f"{DECIDING} propose approve", "granted": CARRIED_OUT,
    "hearing": f"{CARRIED_OUT} open_revoke", "revoking": REVOKING, "revoke_proposed": f"{REVOKING} propose_revoke",
    "refused": f"{DECIDING} propose/refuse approve", "not_accepted": f"{WITH_BUREAU} not_accept",
    "withdrawn": "file withdraw", "lapsed": f"{WITH_BUREAU} ask_papers sweep lapse", "elsewhere": "file lead",
    "revoked": f"{REVOKING} propose_revoke approve_revoke",
}  # fmt: skip

WAYS = Ways(
    kind="repair",
    ways={f"{variant} {name}": way for variant in ("general", "market_regulation") for name, way in PLACES.items()},
    answers={
        "propose/refuse": {"decision": "refuse"},
        "confirm/sharing": {"what": "sharing_stopped"},
    },
    bureau_reads=frozenset({"returned", "with_bureau", "awaiting_papers", "deciding", "bureau_asks", "proposed",
                            "carrying_out", "granted", "hearing", "revoking", "revoke_proposed"}),
    asks_for_a_past={("with_bureau", "lapse"): "papers did not come"},
)  # fmt: skip
