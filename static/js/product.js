// The product page: a variant's price and stock, the gallery's thumbs and the large picture.

const buy = document.querySelector("[data-buy]");
const show = (name) => buy.querySelector(`[data-show="${name}"]`);

function choose(radio) {
  const { price, mrp, stock, tone, max, url } = radio.dataset;
  show("sku").querySelector(".plate span").textContent = radio.value;
  show("price").textContent = price;
  show("mrp").hidden = !mrp;
  show("mrp").lastElementChild.textContent = mrp;
  show("legal").textContent = mrp || price;
  show("stock").textContent = stock;
  show("stock").className = `tag tag--${tone}`;
  const quantity = buy.querySelector("#quantity");
  quantity.max = Math.max(1, max);
  quantity.value = Math.min(quantity.value, quantity.max);
  buy.querySelector("[data-say]").textContent = `${radio.parentElement.querySelector("b").textContent}: ${price}, ${stock}`;
  const wanted = buy.querySelector("[data-tell-me] [name=sku]");
  if (wanted && "sold" in radio.dataset) wanted.value = radio.value;
  history.replaceState(null, "", url);
}

buy?.addEventListener("change", (event) => {
  if (event.target.matches("[type=radio]")) choose(event.target);
});

const gallery = document.querySelector("[data-gallery]");

if (gallery) {
  const strip = gallery.querySelector("ul");
  const thumbs = [...gallery.querySelectorAll("a[href^='#']")];
  const dialog = gallery.querySelector("dialog");
  const links = [...strip.querySelectorAll("li > a")];
  const full = dialog.querySelector("ul");
  let large = 0;

  // The large pictures are there as soon as somebody wants one; each keeps its place before it is loaded.
  function fill() {
    if (full.children.length) return;
    full.append(
      ...links.map(({ href, children: [picture] }) => {
        const { alt, width, height } = (picture.querySelector("img") ?? picture).attributes;
        const copy = Object.assign(new Image(width.value, height.value), { loading: "lazy", alt: alt.value, src: href });
        const item = document.createElement("li");
        item.append(copy);
        return item;
      }),
    );
  }

  function say(index) {
    large = index;
    const words = dialog.querySelector("[data-caption]");
    if (words.textContent !== links[large].dataset.words) words.textContent = links[large].dataset.words;
  }

  function enlarge(index) {
    say((index + links.length) % links.length);
    full.children[large].scrollIntoView({ inline: "center", block: "nearest" });
  }

  // Whoever slides by hand reads where they are, too.
  full.addEventListener("scroll", () => {
    const middle = full.scrollLeft + full.clientWidth / 2;
    const current = [...full.children].findLastIndex((item) => item.offsetLeft <= middle);
    if (current >= 0) say(current);
  });

  thumbs.forEach((thumb, index) =>
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      strip.scrollTo({ left: strip.clientWidth * index });
    }),
  );
  const seen = new IntersectionObserver(
    (entries) => {
      // A film that was slid away is not heard on.
      entries.forEach(({ isIntersecting, target }) => isIntersecting || target.querySelector("video")?.pause());
      const entry = entries.find(({ isIntersecting }) => isIntersecting);
      if (!entry) return;
      const current = [...strip.children].indexOf(entry.target);
      thumbs.forEach((thumb, index) => thumb.toggleAttribute("aria-current", index === current));
      thumbs[current]?.setAttribute("aria-current", "true");
    },
    { root: strip, threshold: 0.6 },
  );
  [...strip.children].forEach((item) => seen.observe(item));

  strip.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    fill();
    dialog.showModal();
    enlarge(links.indexOf(link));
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) dialog.close();
    const turn = event.target.closest("[data-turn]");
    if (turn) enlarge(large + Number(turn.dataset.turn));
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    enlarge(large + step);
  });
}
