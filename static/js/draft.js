// Keeps what stands in a form for this tab, so that a reload, the cart or the login page loses nothing of it. What the
// server sends back after a refusal is newer, and once there is an order nothing is kept.

const { note: store } = globalThis.shop;
const form = document.querySelector("[data-draft]");

function fields() {
  return [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
}

function keep() {
  const typed = fields().map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
  store((storage) => storage.setItem(form.dataset.draft, JSON.stringify(Object.fromEntries(typed))));
}

function recall() {
  const typed = store((storage) => JSON.parse(storage.getItem(form.dataset.draft))) ?? {};
  for (const field of fields()) {
    const value = typed[field.name];
    if (!value) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    field.closest("details")?.setAttribute("open", "");
  }
}

if (form) {
  if (!("failed" in form.dataset)) recall();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", keep);
}
