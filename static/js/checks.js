// Looks at a field when it is left with text in it, and at every field that is left once the form has come back with
// mistakes. Patterns and words are the server's, which decides; nothing here keeps a form from being sent.

const { released } = globalThis.shop;
const form = document.querySelector("[data-checked]");
const left = new Set();
const typed = new WeakSet();

function complaint(box, input) {
  const value = input.value.trim();
  if (!value) return "failed" in form.dataset ? (box.dataset.required ?? "") : "";
  const broken = JSON.parse(box.dataset.checks || "[]").find(([pattern]) => !new RegExp(pattern).test(value));
  return broken ? broken[1].replace("{}", value.replace(/\s/g, "")) : "";
}

function tell(box, input, text) {
  document.getElementById(`${input.id}_error`)?.remove();
  box.classList.toggle("field--wrong", Boolean(text));
  input.removeAttribute("aria-invalid");
  if (text) {
    const error = form.querySelector("[data-error]").content.firstElementChild.cloneNode(true);
    error.id = `${input.id}_error`;
    error.querySelector("[data-text]").textContent = text;
    box.insertBefore(error, input);
    input.setAttribute("aria-invalid", "true");
  }
  const parts = ["helptext", "error"].map((part) => `${input.id}_${part}`).filter((id) => document.getElementById(id));
  if (parts.length) input.setAttribute("aria-describedby", parts.join(" "));
  else input.removeAttribute("aria-describedby");
}

function look() {
  left.forEach((input) => {
    const box = input.closest(".field");
    tell(box, input, complaint(box, input));
  });
  left.clear();
}

form?.addEventListener("input", ({ target }) => typed.add(target));
form?.addEventListener("focusout", ({ target }) => {
  if (!target.closest(".field") || !("failed" in form.dataset || typed.has(target))) return;
  left.add(target);
  released(look);
});
