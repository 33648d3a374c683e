"""The control room under /_simulator/: for tests and people on this machine, no keys needed.

JSON when the request says JSON (Content-Type or Accept); forms are answered by going back to the page.
"""

from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from razorpay_simulator import (
    control_account,
    control_desk,
    control_money,
    control_page,
    control_play,
    control_switches,
    control_webhooks,
    paying,
    timers,
)
from razorpay_simulator.errors import ApiError, method_not_allowed, not_found, refused
from razorpay_simulator.pages import control_response, fill
from razorpay_simulator.wire import Request, Response, json_response, see_other

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HOME = "/_simulator/"
PROBLEM = (resources.files("razorpay_simulator") / "assets" / "control_problem.html").read_text("utf-8")
Action = Callable[["Simulator", dict[str, Any]], dict[str, Any]]


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer a request from this machine; a page of another site can neither read nor press anything here."""
    refuse_strangers(request)
    timers.run_due(simulator)
    name = request.path.removeprefix("/_simulator/").rstrip("/")
    if request.method == "GET" and name in PAGES and not request.wants_json:
        return PAGES[name](simulator, request)
    actions = {"GET": GETS, "POST": POSTS}.get(request.method, {})
    if name not in actions:
        raise method_not_allowed() if name in GETS | POSTS else not_found()
    if request.method == "GET":
        return json_response(actions[name](simulator, {}))
    response = act(simulator, request, actions[name])
    simulator.courier.wake()
    return response


def act(simulator: "Simulator", request: Request, action: Action) -> Response:
    """Let something happen; a form goes back to its page, or says why not on one of its own."""
    data = request.data()
    if request.wants_json:
        return json_response(action(simulator, data))
    back = str(data.pop("back", HOME))
    # Only pages of this room: the address came from outside.
    back = back if back.startswith(HOME) else HOME
    try:
        action(simulator, data)
    except ApiError as error:
        return control_response(fill(PROBLEM, problem=str(error), back=back), error.status)
    return see_other(back)


def refuse_strangers(request: Request) -> None:
    """Only loopback names, and no form of another site."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if urlsplit(f"//{host}").hostname not in LOOPBACK or (origin and urlsplit(origin).netloc != host):
        raise refused("The control room is open to this machine only.", status=403)


def overview(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows, as JSON."""
    return control_page.overview(simulator)


PAGES: dict[str, Callable[["Simulator", Request], Response]] = {
    "": lambda simulator, request: control_page.show(simulator),
    "desk": lambda simulator, request: control_desk.show(simulator),
    "play": control_play.show,
}
GETS: dict[str, Action] = {
    "": overview,
    "calls": control_switches.calls,
    "clock": control_switches.show_clock,
    "events": control_webhooks.events,
    "faults": control_switches.list_faults,
    "switches": control_switches.show_switches,
}
POSTS: dict[str, Action] = {
    "auto_refund": control_money.auto_refund,
    "chaos": control_switches.chaos,
    "clear_faults": control_switches.clear_faults,
    "clock": control_switches.set_clock,
    "decide_refund": control_money.decide_refund,
    "deliver": control_webhooks.deliver,
    "dispute": control_money.dispute,
    "downtime": control_account.downtime,
    "faults": control_switches.add_fault,
    "late": paying.late,
    "move_dispute": control_money.move_dispute,
    "move_downtime": control_account.move_downtime,
    "pay": paying.pay,
    "redeliver": control_webhooks.redeliver,
    "refund": control_money.refund,
    "replay": control_webhooks.replay,
    "reset": control_switches.reset,
    "seed": control_switches.seed,
    "settle": control_account.settle,
    "switches": control_switches.turn_switches,
    "webhooks": control_webhooks.webhooks,
}
