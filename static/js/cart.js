// The cart changes in place; the server's answer is the same page that a browser without script would get.

const main = document.querySelector("main");
let asking;

async function send(url, body) {
  asking?.abort();
  asking = new AbortController();
  const answer = await fetch(url, { method: "POST", body, signal: asking.signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("[data-cart]")) throw new Error(`Unexpected answer ${answer.status}`);
  main.replaceChildren(...page.querySelector("main").childNodes);
  document.querySelector("[data-cart-link]").innerHTML = page.querySelector("[data-cart-link]").innerHTML;
  say([...main.querySelectorAll(".notices[role=status], .sum dt, .sum dd")].map((part) => part.textContent.replace(/\s+/g, " ").trim()).join(" "));
}

function say(text) {
  document.querySelector("[data-toast-say]").textContent = text;
}

async function submit(form) {
  const body = new FormData(form);
  const focused = document.activeElement?.id || document.activeElement?.dataset.step;
  const name = form.closest(".line").querySelector("h2").textContent.trim();
  const before = form.closest(".line").querySelector("input[type=number]")?.value;
  try {
    await send(form.action, body);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
    return;
  }
  const line = document.getElementById(`quantity-${body.get("sku")}`)?.closest("form");
  if (body.get("quantity") === "0") {
    offerUndo(name, body, before);
    main.querySelector("h1").focus();
  } else if (focused) {
    (document.getElementById(focused) ?? line?.querySelector(`[data-step="${focused}"]`))?.focus();
  }
}

function offerUndo(name, body, quantity) {
  const toast = document.querySelector("[data-toast]");
  toast.hidden = !quantity;
  toast.querySelector("[data-toast-name]").textContent = name;
  toast.querySelector("button").onclick = async () => {
    toast.hidden = true;
    body.set("quantity", quantity);
    await send(toast.dataset.addUrl, body);
    main.querySelector("h1").focus();
  };
}

async function askDelivery(form) {
  try {
    await send(form.action, new FormData(form));
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
    return;
  }
  document.getElementById("pin")?.focus();
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-cart-pin]")) {
    event.preventDefault();
    askDelivery(event.target);
    return;
  }
  if (!event.target.matches("[data-cart-form]")) return;
  event.preventDefault();
  submit(event.target);
});

let waiting;
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-cart-form]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => form.isConnected && submit(form), 350);
});
