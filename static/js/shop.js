// What every page may use. Each part only eases what works without it.

// A form is sent once: its button shows what happens, keeps the focus and ignores a second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-busy-form]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setBusy(event.submitter ?? form.querySelector("[data-busy]"), true);
});

// A page that comes back from the browser's memory must not stay busy.
window.addEventListener("pageshow", (event) => {
  // Nor may it show filters that it was not filtered by.
  if (event.persisted) document.querySelectorAll("[data-reset]").forEach((form) => form.reset());
  document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy=true]").forEach((button) => setBusy(button, false));
});

function setBusy(button, busy) {
  if (!button?.dataset.busy) return;
  const label = button.querySelector("[data-label]") ?? button;
  if (busy) {
    button.dataset.idle ??= label.innerHTML;
    label.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  } else if (button.dataset.idle !== undefined) {
    label.innerHTML = button.dataset.idle;
    delete button.dataset.idle;
    button.removeAttribute("aria-busy");
  }
}

// A form that leads to the pay page leaves a note in this tab, since a redirect's address is a promise to other clients.
const THEN_PAY = "then-pay";

function note(action) {
  try {
    return action(window.sessionStorage);
  } catch {
    // The browser stores nothing: the shopper presses Pay once more, or types once more.
    return null;
  }
}

function takeThenPay() {
  const found = note((storage) => storage.getItem(THEN_PAY));
  note((storage) => storage.removeItem(THEN_PAY));
  return Boolean(found);
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-then-pay]")) note((storage) => storage.setItem(THEN_PAY, "1"));
});

// What was typed into the checkout stands in the order now.
if (document.querySelector("[data-ordered]")) note((storage) => storage.removeItem("checkout"));

// A word that appears moves what stands below it: the button that is just being pressed must stay under the finger.
const later = [];
let isPressed = false;

function released(action) {
  if (isPressed) later.push(action);
  else action();
}

window.addEventListener("pointerdown", () => (isPressed = true));
["pointerup", "pointercancel"].forEach((name) =>
  window.addEventListener(name, () =>
    setTimeout(() => {
      isPressed = false;
      later.splice(0).forEach((action) => action());
    }),
  ),
);

globalThis.shop = { note, released, setBusy, takeThenPay };

// Plus and minus beside a number.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.closest("[data-stepper]").querySelector("input");
  const wanted = (Number(input.value) || 0) + Number(button.dataset.step);
  const value = Math.max(Number(input.min), Math.min(Number(input.max) || 99, wanted));
  if (String(value) === input.value) return;
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  event.target.closest("[data-submit-on-change]")?.requestSubmit();
});

// What lies behind an open sheet must not have the focus.
document.addEventListener("focusin", ({ target }) => {
  document.querySelectorAll(":popover-open").forEach((sheet) => sheet.contains(target) || sheet.hidePopover());
});

// An address is not longer than what was asked.
document.addEventListener("formdata", ({ target, formData }) => {
  if (target.method === "get") [...formData].forEach(([name, value]) => value || formData.delete(name));
});

document.querySelector("[data-focus]")?.focus();

// The script that suggests comes when somebody goes to a search field, so that no page waits for it.
document.addEventListener("focusin", async (event) => {
  const form = event.target.closest("[data-suggest]");
  if (form) (await import(form.dataset.script)).ease(form);
});

// A search is told to the shop by itself: reading a page must not write.
const said = document.querySelector("[data-said]");
if (said) navigator.sendBeacon(said.action, new FormData(said));
