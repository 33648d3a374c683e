// Suggestions below a search field: a combobox whose options the shop writes. The form works without it.

const PAUSE = 120;
const eased = new WeakSet();

export function ease(form) {
  if (eased.has(form)) return;
  eased.add(form);
  const input = form.querySelector("[type=search]");
  const box = document.createElement("div");
  const status = document.createElement("p");
  const known = new Map();
  let asked = "";
  let timer = 0;

  box.className = "suggest";
  box.hidden = true;
  status.className = "sr";
  status.setAttribute("role", "status");
  form.append(box, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", `${input.id}-list`);

  const options = () => [...box.querySelectorAll("[role=option]")];
  const current = () => box.querySelector("[aria-selected=true]");

  function show(open) {
    box.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) mark(null);
  }

  function mark(option) {
    current()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function fill(html) {
    box.innerHTML = html;
    const list = box.firstElementChild;
    if (list) list.id = `${input.id}-list`;
    options().forEach((option, place) => (option.id = `${input.id}-${place}`));
    status.textContent = list?.dataset.count ?? "";
    show(Boolean(list) && document.activeElement === input);
  }

  async function ask() {
    const text = input.value.trim();
    asked = text;
    if (text.length < 2) return fill("");
    if (!known.has(text)) {
      try {
        const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`);
        if (!answer.ok) return;
        known.set(text, await answer.text());
      } catch {
        // Without a network nothing is suggested; Enter still searches.
        return;
      }
    }
    // An answer that was overtaken by more letters is not shown.
    if (asked === text) fill(known.get(text));
  }

  function move(step) {
    const all = options();
    const place = all.indexOf(current()) + step;
    // One step beyond either end leads back into the field, as the pattern wants it.
    mark(all[place === -2 ? all.length - 1 : place] ?? null);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("focus", () => show(Boolean(box.firstElementChild)));
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    const isDown = event.key === "ArrowDown";
    if ((isDown || event.key === "ArrowUp") && options().length) {
      event.preventDefault();
      if (box.hidden) show(true);
      move(isDown ? 1 : -1);
    } else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      show(false);
    } else if (event.key === "Enter" && current()) {
      event.preventDefault();
      location.assign(current().dataset.url);
    }
  });
  // Pressing an option must not take the focus from the field: the list would close before the click.
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  show(false);
  if (input.value !== input.defaultValue) ask();
}
