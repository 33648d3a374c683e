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
  let large = 0;

  function enlarge(index) {
    large = (index + links.length) % links.length;
    const { href, dataset } = links[large];
    const picture = new Image();
    picture.src = href;
    picture.alt = links[large].querySelector("img").alt;
    dialog.querySelector("img")?.remove();
    dialog.prepend(picture);
    dialog.querySelector("[data-caption]").textContent = dataset.caption;
  }

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
    enlarge(links.indexOf(link));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    const turn = event.target.closest("[data-turn]");
    if (turn) enlarge(large + Number(turn.dataset.turn));
  });
  dialog.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) enlarge(large + step);
  });
}
