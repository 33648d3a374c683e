"""The payment page for browsers without JavaScript (Razorpay: "Hosted checkout", POST /v1/checkout/embedded)."""

from importlib import resources
from typing import TYPE_CHECKING

from razorpay_simulator import checkout, moves, pages
from razorpay_simulator.errors import ApiError, invalid, method_not_allowed, not_found
from razorpay_simulator.ids import check_id
from razorpay_simulator.pages import Markup, fill, hidden_fields
from razorpay_simulator.store import Record
from razorpay_simulator.wire import Request, Response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

TEMPLATE = (resources.files("razorpay_simulator") / "assets" / "hosted.html").read_text("utf-8")
KEPT = ("key_id", "order_id", "name", "description", "callback_url", "cancel_url", "prefill[contact]", "prefill[email]")
AUTO_SUBMIT = Markup('<script src="/v1/checkout/assets/submit.js" defer></script>')
LABELS = {"upi": "UPI", "card": "Card", "netbanking": "Netbanking", "wallet": "Wallet"}

CHOOSE = """<form method="post" action="/v1/checkout/embedded/pay">$kept
$problem
<fieldset class="tabs rows"><legend>How do you want to pay?</legend>$methods</fieldset>
<button class="pay">Pay $amount</button></form>
$cancel"""
RADIO = '<label><input type="radio" name="method" value="$value"$checked><span>$label</span></label>'
PROBLEM = '<p class="problem" role="alert">$text</p>'
CANCEL = '<form method="get" action="$cancel_url"><button class="plain">Cancel</button></form>'
BANK = """<h1>Test bank</h1><p>This page stands for the site of your bank. Choose how the payment ends.</p>
<form method="post" action="/v1/checkout/embedded/finish">$kept
<p class="choice"><button class="good" name="outcome" value="success">Success</button>
<button class="bad" name="outcome" value="failure">Failure</button></p></form>"""
RETURN = """<h1>$heading</h1><p>$text</p>
<form method="post" action="$callback_url" data-auto-submit>$fields<button class="pay">Continue</button></form>"""
STOPPED = '<h1>This order cannot be paid</h1><p class="problem" role="alert">$problem</p>$cancel'


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer one of the three forms: the shop's, the choice of a method, the test bank's."""
    actions = {"": choose, "/pay": pay, "/finish": finish}
    action = actions.get(request.path.removeprefix("/v1/checkout/embedded"))
    if action is None:
        raise not_found()
    if request.method != "POST":
        raise method_not_allowed()
    form = request.form()
    form["order_id"] = form.get("order_id") or form.get("orderId", "")
    if not pages.web_address(form.get("callback_url", "")):
        raise invalid("The callback url field is required.", field="callback_url")
    try:
        return action(simulator, form)
    except ApiError as error:
        content = fill(STOPPED, problem=str(error), cancel=cancel_button(form))
        return page(form, "Order cannot be paid", "", content, status=error.status)


def kept(form: dict[str, str], **more: str) -> Markup:
    """Return the hidden fields that go from form to form."""
    return hidden_fields({name: form[name] for name in KEPT if name in form} | more)


def cancel_button(form: dict[str, str]) -> Markup:
    """Return the way back without paying."""
    address = pages.web_address(form.get("cancel_url", ""))
    return fill(CANCEL, cancel_url=address) if address else Markup("")


def page(
    form: dict[str, str], title: str, amount: str, content: Markup, *, status: int = 200, auto_submit: bool = False
) -> Response:
    """Answer with a page of the hosted checkout."""
    filled = fill(
        TEMPLATE,
        title=title,
        name=form.get("name", "Shop"),
        description=form.get("description", ""),
        amount=amount,
        content=content,
        script=AUTO_SUBMIT if auto_submit else Markup(""),
    )
    return pages.html_response(filled, status)


def payable(simulator: "Simulator", form: dict[str, str]) -> Record:
    """Return the order while it can still be paid."""
    with simulator.store.transaction() as transaction:
        order = checkout.find_order(simulator, transaction, form.get("key_id"), form.get("order_id"))
        moves.refuse_if_paid(transaction, order)
    return order


def choose(simulator: "Simulator", form: dict[str, str], problem: str = "") -> Response:
    """Show the methods."""
    order = payable(simulator, form)
    amount = pages.rupees(order.doc["amount"], order.doc["currency"])
    chosen = form.get("prefill[method]", "upi")
    radios = [
        fill(RADIO, value=value, label=label, checked=Markup(" checked" if value == chosen else ""))
        for value, label in LABELS.items()
    ]
    content = fill(
        CHOOSE,
        kept=kept(form),
        problem=fill(PROBLEM, text=problem) if problem else Markup(""),
        methods=Markup("".join(radios)),
        amount=amount,
        cancel=cancel_button(form),
    )
    return page(form, f"Pay {amount}", amount, content)


def pay(simulator: "Simulator", form: dict[str, str]) -> Response:
    """Start an attempt and show the test bank."""
    data = {"method": form.get("method"), "contact": form.get("prefill[contact]"), "email": form.get("prefill[email]")}
    details = checkout.payment_details(data)
    with simulator.store.transaction() as transaction:
        order = checkout.find_order(simulator, transaction, form.get("key_id"), form.get("order_id"))
        payment = moves.start_payment(simulator, transaction, order, details)
    amount = pages.rupees(order.doc["amount"], order.doc["currency"])
    return page(form, "Test bank", amount, fill(BANK, kept=kept(form, payment_id=payment.id)))


def finish(simulator: "Simulator", form: dict[str, str]) -> Response:
    """End the attempt: the signed triple goes to the shop, a failure is shown with another try."""
    payment_id = check_id("pay", form.get("payment_id", ""))
    outcome = "success" if form.get("outcome") == "success" else "failure"
    with simulator.store.transaction() as transaction:
        payment = moves.must_find(transaction, "payment", payment_id)
        checkout.find_order(simulator, transaction, form.get("key_id"), payment.doc["order_id"])
        moves.finish_payment(simulator, transaction, payment, outcome)
    simulator.courier.wake()
    result = checkout.result_of(simulator, payment)
    if "error" in result:
        return failed(simulator, form, result["error"])
    return back(form, payment, "Payment successful", "Taking you back to the shop.", result["response"])


def failed(simulator: "Simulator", form: dict[str, str], error: dict[str, str]) -> Response:
    """Offer another try, and tell the shop only when the customer goes back to it."""
    return choose(simulator, form, f"Payment failed. {error['description']}")


def back(form: dict[str, str], payment: Record, heading: str, text: str, fields: dict[str, str]) -> Response:
    """Send the customer to the shop with a form POST."""
    content = fill(RETURN, heading=heading, text=text, callback_url=form["callback_url"], fields=hidden_fields(fields))
    amount = pages.rupees(payment.doc["amount"], payment.doc["currency"])
    return page(form, heading, amount, content, auto_submit=True)
