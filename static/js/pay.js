// Opens Razorpay's window for an order. The server decides what is paid: whatever happens here ends at the order page.

const { setBusy } = globalThis.shop;
const root = document.querySelector("[data-pay]");
const button = root.querySelector("[data-pay-button]");
const options = JSON.parse(document.getElementById("razorpay-options").textContent);
const { checkoutJs, verifyUrl, statusUrl, orderUrl, payUrl, csrf } = root.dataset;

const hold = root.querySelector("[data-hold]");

const WATCHDOG = 8000;
const PATIENCE = 5000;
const VERIFY_PAUSES = [1000, 2000, 4000];

let busy = false;
let failure = null;
let leaving = false;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Ad blockers do block Razorpay's script, and a slow network may swallow it.
const razorpay = new Promise((done) => {
  const script = document.createElement("script");
  script.src = checkoutJs;
  script.onload = () => done(window.Razorpay);
  script.onerror = () => done(undefined);
  setTimeout(() => done(window.Razorpay), WATCHDOG);
  document.head.append(script);
});
razorpay.then((found) => found || blocked());

function notify(name, title) {
  const notice = root.querySelector(`[data-notice="${name}"]`).content.cloneNode(true);
  if (title) notice.querySelector("b").textContent = title;
  // Razorpay's own words may speak of the money already.
  if (/refund/i.test(title)) notice.querySelector("p:last-child").remove();
  root.querySelector("[data-pay-status]").replaceChildren(notice);
}

function setWorking(working) {
  busy = working;
  setBusy(button, working);
}

function relabel(text) {
  button.querySelector("[data-label]").textContent = text;
}

function headline(name) {
  const title = document.querySelector("[data-title]");
  title.textContent = title.dataset[name];
  document.title = title.dataset[name];
}

function leave(query = "") {
  leaving = true;
  window.location.assign(orderUrl + query);
}

function blocked() {
  if (!button.isConnected) return;
  setWorking(false);
  notify("blocked");
  button.replaceWith(root.querySelector("[data-hosted]").content.cloneNode(true));
}

// Tells the shop that the window opens, so that the models are held long enough to pay. Returns whether there is nothing
// left to pay: another tab, or the bank on its own, may have settled the order meanwhile.
async function isSettled() {
  const request = { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": csrf } };
  try {
    const answer = await fetch(payUrl, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) return await looksSettled();
    const { order, payment, razorpay: current, hold: told } = await answer.json();
    if (order.status !== "pending" || payment === "confirming") return true;
    if (current) Object.assign(options, current);
    hold.textContent = told;
    return false;
  } catch {
    return await looksSettled();
  }
}

async function looksSettled() {
  try {
    const answer = await fetch(statusUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) return false;
    const { status, payment } = await answer.json();
    return status !== "pending" || payment === "confirming";
  } catch {
    return false;
  }
}

// Returns whether the shop has heard of the payment.
async function tellShop(proof) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(proof),
    keepalive: true,
  };
  for (const wait of [...VERIFY_PAUSES, 0]) {
    try {
      const answer = await fetch(verifyUrl, request);
      if (answer.status < 500) return true;
    } catch {
      // The network failed: try again, and leave the rest to Razorpay's own message to the shop.
    }
    await pause(wait);
  }
  return false;
}

// Who has paid must see nothing that asks to pay or to cancel.
async function confirm(proof) {
  leaving = true;
  document.querySelectorAll("[data-until-paid]").forEach((part) => (part.hidden = true));
  headline("confirmingTitle");
  notify("confirming");
  leave((await tellShop(proof)) ? "" : "?confirming");
}

function dismissed() {
  if (leaving) return;
  setWorking(false);
  if (failure) {
    headline("failedTitle");
    notify("failed", failure.description);
    relabel(button.dataset.again);
  } else {
    notify("dismissed");
    relabel(button.dataset.resume);
  }
  button.focus();
}

async function pay() {
  if (busy || leaving) return;
  setWorking(true);
  if (await isSettled()) {
    leave();
    return;
  }
  const Razorpay = await razorpay;
  if (!Razorpay) return;
  failure = null;
  try {
    const modal = { ...options.modal, ondismiss: dismissed };
    const checkout = new Razorpay({ ...options, handler: confirm, modal });
    checkout.on("payment.failed", ({ error }) => {
      failure = error;
    });
    checkout.open();
  } catch {
    blocked();
  }
}

button.addEventListener("click", pay);
window.addEventListener("pageshow", (event) => {
  if (event.persisted && leaving) leave("?confirming");
  else if (event.persisted) setWorking(false);
});

// Straight from a form that leads here the window opens by itself, once; a reload or Back shows the page only.
if (globalThis.shop.takeThenPay()) pay();
