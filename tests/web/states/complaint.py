"""A complaint in each of its places, about a bureau that is not asked to look into it."""

from tests.web.states.ways import Ways

ROUTES = ("petition", "business_env", "enforcement", "false_display")
REGISTERED = "file acknowledge"


def on_route(route: str) -> dict[str, str]:
    """The places of one route, once the complaint is on it."""
    routed, forwarded = f"{REGISTERED} route/{route}", f"{REGISTERED} route/{route} forward"
    return {
        "investigating": routed,
        "investigating: about an officer": f"file/officer acknowledge@chief route/{route}@chief",
        "proposed": f"{routed} propose", "with_unit": forwarded, "unit_proposed": f"{forwarded} propose",
        "returned": f"{forwarded} object", "founded": f"{routed} propose approve",
        "partly": f"{routed} propose/partly approve", "unfounded": f"{routed} propose/unfounded approve",
        "elsewhere": f"{routed} lead", "withdrawn": f"{routed} withdraw",
    }  # fmt: skip


WAYS = Ways(
    kind="complaint",
    ways={
        "unrouted filed": "file", "unrouted registered": REGISTERED,
        "unrouted not_accepted": f"{REGISTERED} not_accept", "unrouted elsewhere": f"{REGISTERED} lead",
        "unrouted withdrawn": "file withdraw",
        **{f"{route} {name}": way for route in ROUTES for name, way in on_route(route).items()},
    },
    answers={
        "file": {"complained_of": "bureau", "body": "other"},
        "file/officer": {"complained_of": "officer", "officer": "某某"},
        **{f"route/{route}": {"route": route} for route in ROUTES},
        "reroute": {"route": "enforcement"}, "enforcement reroute": {"route": "petition"},
        "forward": {"bureau": "own"},
        "propose/partly": {"decision": "partly"}, "propose/unfounded": {"decision": "unfounded"},
    },
    bureau_reads=frozenset({"with_unit", "unit_proposed"}),
    asks_for_a_past={("investigating", "decide"): "about an officer"},
)  # fmt: skip
