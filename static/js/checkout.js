// Suggests the state from the PIN code where the first digits leave no doubt; the longest entry wins, "" means doubt.
// The field brings the table, which is catalog/states.py's.

const { released } = globalThis.shop;
const pin = document.querySelector("input[name=postcode]");
const stateOfPin = Object.fromEntries((pin?.dataset.states ?? "").split(" ").map((entry) => entry.split("=")));
const state = document.querySelector("select[name=state]");
const warning = document.querySelector("[data-state-warning]");
const other = document.querySelector("[data-other-state]");
const told = document.querySelector("[data-delivery-url]");
// What the server knew: the sum on the page is for this PIN code, whatever the browser has filled in since.
let asked = pin?.defaultValue;
// The state that this page has set. Until the shopper picks one, it follows the PIN code.
let suggested = "";

const digits = () => pin.value.replace(/\D/g, "");
const usual = () => stateOfPin[digits().slice(0, 3)] ?? stateOfPin[digits().slice(0, 2)];

function setState(code) {
  state.value = suggested = code;
  const said = document.querySelector("[data-say]");
  said.textContent = code ? `${said.dataset.say} ${state.selectedOptions[0].textContent}` : "";
  state.dispatchEvent(new Event("input", { bubbles: true }));
}

function suggest() {
  if (digits().length === 6 && state.value === suggested && (usual() || "") !== suggested) setState(usual() || "");
  released(doubt);
}

function doubt() {
  const differs = digits().length === 6 && usual() && state.value && usual() !== state.value;
  warning.textContent = differs ? warning.dataset.stateWarning : "";
  other.hidden = !differs;
  if (differs) {
    const name = state.querySelector(`option[value="${usual()}"]`).textContent;
    other.textContent = other.dataset.otherState.replace("{}", name);
  }
}

// A GSTIN begins with the code of its state. It is told, and taken as it is written.
const form = pin?.form;
const gstin = form?.elements.gstin;

function compareGstin() {
  const { billing_differs: differs, billing_state: other } = form.elements;
  const billed = differs.checked ? other.value : state.value;
  const told = document.querySelector("[data-gstin-warning]");
  const code = gstin.value.replace(/\s/g, "").slice(0, 2);
  told.textContent = gstin.value && billed && code !== billed ? told.dataset.gstinWarning : "";
}

// The bill of a business usually goes to the state of its registration.
function suggestBillState() {
  const { billing_differs: differs, billing_state: billed } = form.elements;
  const code = gstin.value.trim().slice(0, 2);
  if (differs.checked && !billed.value && billed.querySelector(`option[value="${CSS.escape(code)}"]`)) billed.value = code;
}

gstin?.addEventListener("blur", () => {
  suggestBillState();
  released(compareGstin);
});
form?.addEventListener("change", ({ target }) => {
  if (target.name === "billing_differs") suggestBillState();
  if (["state", "billing_state", "billing_differs"].includes(target.name)) compareGstin();
});

// Shows the sum for this PIN code before Pay is pressed; the form says which sum was shown.
async function ask() {
  if (digits().length !== 6 || pin.value === asked) return;
  asked = pin.value;
  const query = new URLSearchParams({ postcode: asked });
  const answer = await fetch(`${told.dataset.deliveryUrl}?${query}`, { headers: { Accept: "application/json" } });
  const { total, words, errors } = await answer.json();
  if (pin.value !== asked) return;
  if (!words) {
    told.textContent = errors.postcode.join(" ");
    return;
  }
  if (total === undefined) return;
  document.querySelector("input[name=seen_total]").value = total;
  document.querySelectorAll("[data-quote]").forEach((part) => {
    part.textContent = words[part.dataset.quote];
  });
  told.textContent = `${words.sentence} ${words.due}`;
}

pin?.addEventListener("blur", () => {
  suggest();
  ask().catch(() => {});
});
state?.addEventListener("change", () => {
  suggested = "";
  suggest();
});
other?.addEventListener("click", () => {
  setState(usual());
  suggest();
  compareGstin();
  state.focus();
});
if (pin?.value) {
  suggest();
  ask().catch(() => {});
}
