// What this browser remembers of models: those that were kept, and those that were looked at. While somebody is logged
// in, the list of kept models is a copy of the account's; otherwise nothing but numbers leaves the browser.

const KEPT = "wishlist";
const SEEN = "looked-at";
// Whose list KEPT is: the mark of an account, or nothing when it is the browser's own. And when it was copied.
const OF = "wishlist-of";
const AT = "wishlist-at";
// What the account was not told yet, {"12": "keep"}: a shopper may press a heart and be gone before it is sent.
const UNTOLD = "wishlist-untold";
const MOST = 48;
const RECENT = 8;
const FRESH = 300_000;

function recall(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function store(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // It lasts no longer than nothing at all.
  }
}

function read(name) {
  try {
    const found = JSON.parse(recall(name) || "[]");
    return found.filter(({ id }) => Number.isInteger(id)).slice(0, MOST);
  } catch {
    // Something that is not ours.
    return [];
  }
}

function untold() {
  try {
    return Object.entries(JSON.parse(recall(UNTOLD) || "{}"));
  } catch {
    return [];
  }
}

const write = (name, list) => store(name, JSON.stringify(list.slice(0, MOST)));

// The one way in which the wishlist changes: `list` is [{ id: number of a product page, title }], the newest first.
function keep(list) {
  write(KEPT, list);
  paint();
}

const without = (list, id) => list.filter((entry) => entry.id !== id);
const ids = (list) => list.map(({ id }) => id).join(",");
const cookie = (name) => document.cookie.match(`(?:^|; )(?:__Host-)?${name}=([^;]+)`)?.[1] ?? "";
const place = document.querySelector("[data-account-list]");

// Asks for the account's list, or tells what changes of it, and takes over what the shop answers.
async function ask(change) {
  const headers = { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") };
  const posted = change && { method: "POST", body: new URLSearchParams(change), keepalive: true };
  const answer = await fetch(place.dataset.accountList, { headers, ...posted });
  if (answer.status === 401) return leave();
  if (!answer.ok) throw new Error(`Answer ${answer.status}`);
  const { of, list } = await answer.json();
  store(OF, of);
  store(AT, Date.now());
  keep(list);
}

async function tell() {
  const before = recall(UNTOLD);
  if (!before || !recall(OF)) return;
  const those = (kind) => untold().flatMap(([id, told]) => (told === kind ? id : []));
  await ask({ keep: those("keep"), drop: those("drop") });
  if (recall(UNTOLD) === before) store(UNTOLD, "");
}

// Nobody is logged in here: what was an account's does not stay. The browser's own list does.
function leave() {
  store(UNTOLD, "");
  if (!recall(OF)) return;
  store(OF, "");
  keep([]);
}

async function agree(isShown) {
  const account = cookie("wishlist");
  if (recall(OF) !== account) leave();
  if (!account || !place) return;
  if (!recall(OF)) await ask({ keep: ids(read(KEPT)) });
  else if (recall(UNTOLD)) await tell();
  else if (isShown || Date.now() - recall(AT) > FRESH) await ask();
}

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
  const answer = await fetch(`${box.dataset.url}${ids(list)}`);
  if (!answer.ok) throw new Error(`Answer ${answer.status}`);
  const cards = box.querySelector("[data-cards]");
  cards.innerHTML = await answer.text();
  const gone = cards.querySelector("[data-gone]").dataset.gone.split(",").map(Number);
  paint();
  return list.filter(({ id }) => gone.includes(id));
}

async function showKept(box) {
  const list = read(KEPT);
  document.querySelector("[data-of-account]").hidden = !recall(OF);
  document.querySelector("[data-of-browser]").hidden = Boolean(recall(OF));
  box.querySelector("[data-empty]").hidden = list.length > 0;
  if (!list.length) return;
  const gone = await fill(box, list);
  if (!gone.length) return;
  const told = box.querySelector("[data-gone-words]");
  told.textContent = `${told.dataset.goneWords} ${gone.map(({ title }) => title).join(", ")}.`;
  told.hidden = false;
  keep(list.filter((entry) => !gone.includes(entry)));
  if (recall(OF)) await ask({ drop: ids(gone) });
}

async function showRecent(box) {
  const id = Number(box.dataset.recent);
  const others = without(read(SEEN), id);
  write(SEEN, [{ id, title: box.dataset.title }, ...others].slice(0, RECENT + 1));
  if (!others.length) return;
  const gone = await fill(box, others.slice(0, RECENT));
  box.hidden = gone.length === others.length;
}

const wishlist = document.querySelector("[data-wishlist]");
// One request after the other: an answer must not bring back what was pressed meanwhile.
let turn = agree(wishlist).catch(() => {});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save]");
  if (!button) return;
  const id = Number(button.dataset.save);
  const others = without(read(KEPT), id);
  const isKept = button.ariaPressed === "true";
  keep(isKept ? others : [{ id, title: button.dataset.title }, ...others]);
  if (!cookie("wishlist")) return;
  store(UNTOLD, JSON.stringify({ ...Object.fromEntries(untold()), [id]: isKept ? "drop" : "keep" }));
  // What fails is told by the next page.
  turn = turn.then(tell).catch(() => {});
});

// Another tab has changed the list, or the page comes back from the browser's memory, maybe to somebody else.
window.addEventListener("storage", paint);
window.addEventListener("pageshow", (event) => (event.persisted && wishlist ? location.reload() : paint()));

paint();
if (wishlist) {
  const failed = () => (wishlist.querySelector("[data-failed]").hidden = false);
  turn.then(() => showKept(wishlist)).catch(failed);
}
const recent = document.querySelector("[data-recent]");
if (recent) showRecent(recent).catch(() => {});
