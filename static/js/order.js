// Waits with the shopper for the bank: asks less and less often, then only when told to.

const { setBusy } = globalThis.shop;
const box = document.querySelector("[data-poll]");
const NEWS = "order-news";

function say(text) {
  box.querySelector("[data-say]").textContent = text;
}

function compare({ status, payment }) {
  if (status === box.dataset.status && payment === box.dataset.payment) return false;
  say(box.dataset.changed);
  sessionStorage.setItem(NEWS, window.location.pathname);
  window.location.reload();
  return true;
}

async function ask(url, request = {}) {
  const answer = await fetch(url, { cache: "no-store", ...request, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`Answer ${answer.status}`);
  return compare(await answer.json());
}

function poll(started) {
  const waited = Date.now() - started;
  if (waited > 120_000) {
    say(box.dataset.waiting);
    return;
  }
  setTimeout(async () => {
    const changed = await ask(box.dataset.statusUrl).catch(() => false);
    if (!changed) poll(started);
  }, waited < 30_000 ? 2000 : 5000);
}

async function checkAgain(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  if (button.ariaBusy === "true") return;
  setBusy(button, true);
  const changed = await ask(form.action, { method: "POST", body: new FormData(form) }).catch(() => false);
  if (changed) return;
  setBusy(button, false);
  say("");
  requestAnimationFrame(() => say(box.dataset.waiting));
}

if (box) {
  poll(Date.now());
  box.querySelector("[data-check]").addEventListener("submit", checkAgain);
}

if (sessionStorage.getItem(NEWS) === window.location.pathname) {
  sessionStorage.removeItem(NEWS);
  document.querySelector("[data-title]").focus();
}
