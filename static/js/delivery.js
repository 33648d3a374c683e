// The product page is the same for everybody, so what delivery to this shopper's PIN code means is asked from here.

const form = document.querySelector("[data-pin]");
const answer = form?.querySelector("[data-pin-say]");
const wrong = form?.querySelector("[data-pin-wrong]");

async function ask(url, request = {}) {
  const response = await fetch(url, { ...request, headers: { Accept: "application/json" } });
  const { words, errors } = await response.json();
  answer.textContent = words?.sentence ?? "";
  wrong.querySelector("[data-pin-why]").textContent = words ? "" : errors.postcode.join(" ");
  wrong.hidden = Boolean(words);
  form.elements.postcode.setAttribute("aria-invalid", String(!words));
}

function look() {
  const query = new URLSearchParams({ sku: form.elements.sku.value, postcode: form.elements.postcode.value });
  return ask(`${form.action}?${query}`).catch(() => {});
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(form.action, { method: "POST", body: new FormData(form) }).catch(() => form.submit());
});

document.addEventListener("change", (event) => {
  if (!form || !event.target.matches("[type=radio][name=sku]")) return;
  form.elements.sku.value = event.target.value;
  if (answer.textContent) look();
});

const known = /(?:^|; )pin=([1-9][0-9]{5})(?:;|$)/.exec(document.cookie)?.[1];
if (form && known && !form.elements.postcode.value) {
  form.elements.postcode.value = known;
  look();
}
