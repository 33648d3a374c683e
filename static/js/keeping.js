// What this browser remembers of models: those that were kept, and those that were looked at. Nothing but their numbers
// leaves it, when their cards are shown.

const KEPT = "wishlist";
const SEEN = "looked-at";
const MOST = 48;
const RECENT = 8;

function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name)) ?? [];
    return found.filter(({ id }) => Number.isInteger(id)).slice(0, MOST);
  } catch {
    // The browser stores nothing, or something that is not ours.
    return [];
  }
}

function write(name, list) {
  try {
    localStorage.setItem(name, JSON.stringify(list.slice(0, MOST)));
  } catch {
    // The list lasts no longer than nothing at all.
  }
}

// The one way in which the wishlist changes: `list` is [{ id: number of a product page, title }], the newest first. A list
// that an account has on the server comes in here too, already joined with the one in the browser.
function keep(list) {
  write(KEPT, list);
  paint();
}

const without = (list, id) => list.filter((entry) => entry.id !== id);

function paint() {
  const kept = read(KEPT);
  document.querySelectorAll("[data-save]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(kept.some(({ id }) => id === Number(button.dataset.save))));
  });
  document.querySelectorAll("[data-saved-count]").forEach((count) => {
    count.textContent = kept.length;
    count.hidden = kept.length === 0;
  });
}

// Puts the cards into their box and returns those of the list that the shop has no card for.
async function fill(box, list) {
  const answer = await fetch(`${box.dataset.url}?ids=${list.map(({ id }) => id).join(",")}`);
  if (!answer.ok) throw new Error(`Answer ${answer.status}`);
  const place = box.querySelector("[data-cards]");
  place.innerHTML = await answer.text();
  const gone = place.querySelector("[data-gone]").dataset.gone.split(",").map(Number);
  paint();
  return list.filter(({ id }) => gone.includes(id));
}

async function showKept(box) {
  const list = read(KEPT);
  box.querySelector("[data-empty]").hidden = list.length > 0;
  if (!list.length) return;
  const gone = await fill(box, list);
  if (!gone.length) return;
  const told = box.querySelector("[data-gone-words]");
  told.textContent = `${told.dataset.goneWords} ${gone.map(({ title }) => title).join(", ")}.`;
  told.hidden = false;
  keep(list.filter((entry) => !gone.includes(entry)));
}

async function showRecent(box) {
  const id = Number(box.dataset.recent);
  const others = without(read(SEEN), id);
  write(SEEN, [{ id, title: box.dataset.title }, ...others].slice(0, RECENT + 1));
  if (!others.length) return;
  const gone = await fill(box, others.slice(0, RECENT));
  box.hidden = gone.length === others.length;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save]");
  if (!button) return;
  const id = Number(button.dataset.save);
  const others = without(read(KEPT), id);
  keep(button.ariaPressed === "true" ? others : [{ id, title: button.dataset.title }, ...others]);
});
// What a script for accounts needs: to read the list, and to put in its place the one that the server has joined with it.
Object.assign(globalThis.shop, { readWishlist: () => read(KEPT), keepWishlist: keep });

// Another tab has changed the list, or the page comes back from the browser's memory.
window.addEventListener("storage", paint);
window.addEventListener("pageshow", paint);

paint();
const wishlist = document.querySelector("[data-wishlist]");
if (wishlist) showKept(wishlist).catch(() => (wishlist.querySelector("[data-failed]").hidden = false));
const recent = document.querySelector("[data-recent]");
if (recent) showRecent(recent).catch(() => {});
