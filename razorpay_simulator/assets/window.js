/* The checkout window inside the frame. It talks to checkout.js by postMessage and to its own server by fetch. */
(function () {
  "use strict";

  const { keyId, orderId, parent: parentOrigin, state, amount } = document.body.dataset;
  const APPROVAL_MS = 700;
  const DONE_MS = 500;
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => Array.from(document.querySelectorAll(selector));
  let options = {};
  let payment = null;

  function tell(type, detail) {
    window.parent.postMessage(Object.assign({ type }, detail), parentOrigin);
  }

  function show(name) {
    for (const screen of $$("[data-screen]")) screen.hidden = screen.dataset.screen !== name;
    $(".total").hidden = !amount;
    const first = $(`[data-screen="${name}"] :is(h1, #otp)`);
    const field = name === "otp" ? $("#otp") : first;
    if (field) field.focus();
  }

  async function post(path, data) {
    const answer = await fetch(`/v1/checkout/payments${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.assign({ key_id: keyId }, data)),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error.description);
    return body;
  }

  /* Problems */

  function complain(text, field) {
    const problem = $("#problem");
    problem.textContent = text;
    problem.hidden = !text;
    for (const input of $$("[aria-invalid]")) input.removeAttribute("aria-invalid");
    if (field) {
      field.setAttribute("aria-invalid", "true");
      field.focus();
    } else if (text) {
      problem.focus();
    }
  }

  function networkOf(number) {
    if (number.startsWith("4")) return "Visa";
    if (/^(5[1-5]|2[2-7])/.test(number)) return "MasterCard";
    return /^(60|65|81|82|508)/.test(number) ? "RuPay" : "Unknown";
  }

  function passesLuhn(number) {
    let sum = 0;
    for (let i = 0; i < number.length; i += 1) {
      let digit = Number(number[number.length - 1 - i]);
      if (i % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
      sum += digit;
    }
    return sum % 10 === 0;
  }

  function isFuture(expiry) {
    const match = /^(0?[1-9]|1[0-2])\s*\/?\s*(\d{2}|20\d{2})$/.exec(expiry.trim());
    if (!match) return false;
    return new Date(Number(`20${match[2].slice(-2)}`), Number(match[1])) > new Date();
  }

  function cardProblem() {
    const number = $("#number").value.replace(/\D/g, "");
    if (number.length < 12 || !passesLuhn(number)) return ["Enter a valid card number.", $("#number")];
    if (!isFuture($("#expiry").value)) return ["Enter an expiry date in the future, as MM/YY.", $("#expiry")];
    if (!/^\d{3,4}$/.test($("#cvv").value)) return ["Enter the 3 or 4 digits of the CVV.", $("#cvv")];
    return null;
  }

  function problemOf(method) {
    if (method === "card") return cardProblem();
    if (method === "upi" && !/^[\w.-]{2,256}@[a-zA-Z]{2,64}$/.test($("#vpa").value.trim())) {
      return ["Enter a UPI ID such as name@bank.", $("#vpa")];
    }
    return null;
  }

  /* One attempt: start, then the customer proves or chooses, then finish */

  function chosen() {
    return $("input[name=method]:checked").value;
  }

  function details(method) {
    const number = $("#number").value.replace(/\D/g, "");
    return {
      order_id: orderId,
      method,
      vpa: $("#vpa").value.trim() || undefined,
      bank: $("#bank").value,
      wallet: $("#wallet").value,
      card: method === "card" ? { last4: number.slice(-4), network: networkOf(number) } : undefined,
      email: $("#email").value,
      contact: $("#phone").value,
      description: options.description,
      notes: options.notes,
    };
  }

  async function pay(event) {
    event.preventDefault();
    const method = chosen();
    const problem = problemOf(method);
    if (problem) { complain(...problem); return; }
    complain("");
    wait("Processing", "Please wait.");
    try {
      const started = await post("", details(method));
      payment = { id: started.payment_id, step: started.step };
      next(method);
    } catch (error) {
      show("methods");
      complain(error.message);
    }
  }

  function next(method) {
    if (payment.step === "otp") {
      $("#otp").value = "";
      show("otp");
    } else if (payment.step === "bank") {
      const select = { netbanking: $("#bank"), wallet: $("#wallet") }[method];
      $("#bank-name").textContent = select ? select.selectedOptions[0].textContent : "your UPI app";
      show("bank");
    } else {
      wait("Approve in your UPI app", `We asked ${$("#vpa").value.trim()} for ${amount}.`);
      window.setTimeout(() => finish({}), APPROVAL_MS);
    }
  }

  function wait(title, text) {
    $("#wait-title").textContent = title;
    $("#wait-text").textContent = text;
    show("wait");
  }

  async function finish(data) {
    if (!payment) return;
    const { id } = payment;
    payment = null;
    wait("Processing", "Please wait, do not close this window.");
    try {
      const result = await post(`/${id}`, data);
      if (result.error) failed(result.error);
      else succeeded(result.response);
    } catch (error) {
      show("methods");
      complain(error.message);
    }
  }

  function succeeded(response) {
    show("done");
    window.setTimeout(() => {
      if (options.callback_url && options.redirect) leaveTo(options.callback_url, response);
      else tell("success", { response });
    }, DONE_MS);
  }

  function failed(error) {
    if (options.callback_url && options.redirect) {
      const fields = {};
      for (const [name, value] of Object.entries(error)) {
        fields[`error[${name}]`] = name === "metadata" ? JSON.stringify(value) : value;
      }
      leaveTo(options.callback_url, fields);
      return;
    }
    show("methods");
    complain(error.description);
    tell("failed", { error });
  }

  /* Redirect mode: this page, not the shop's, posts to the shop, so cookies behave as with the real Razorpay. */
  function leaveTo(address, fields) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = new URL(address, parentOrigin).href;
    form.target = "_top";
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  /* Leaving */

  function askToLeave(reason) {
    if (!(options.modal && options.modal.confirm_close) || state !== "open") {
      tell("dismiss", { reason });
      return;
    }
    if ($("#confirm").open) return;
    $("#confirm").dataset.reason = reason;
    $("#confirm").showModal();
  }

  /* A window closed in the middle: the bank hears of a cancelled payment, but a UPI app may still approve. */
  function abandon() {
    if (!payment) return;
    const data = payment.step === "upi" ? {} : { outcome: "cancelled" };
    const body = new Blob([JSON.stringify(Object.assign({ key_id: keyId }, data))], { type: "application/json" });
    navigator.sendBeacon(`/v1/checkout/payments/${payment.id}`, body);
    payment = null;
  }

  /* Options of the shop's page */

  function paint(color) {
    if (!/^#[0-9a-f]{6}$/i.test(color || "")) return;
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    document.documentElement.style.setProperty("--brand", color);
    document.documentElement.style.setProperty("--on-brand", light > 0.179 ? "#14171f" : "#ffffff");
  }

  function greet(given) {
    options = given || {};
    $("#merchant").textContent = options.name || "Shop";
    $("#description").textContent = options.description || "";
    if (/^(https?:|data:image\/)/.test(options.image || "")) {
      $("#logo").src = options.image;
      $("#logo").hidden = false;
    }
    paint(options.theme && options.theme.color);
    prefill(options.prefill || {}, options.readonly || {}, options.hidden || {});
    if (state === "open") {
      show("methods");
      const field = $(`[data-panel="${chosen()}"] :is(input, select)`);
      if (field) field.focus();
    } else {
      show("stopped");
    }
  }

  function prefill(given, readonly, hidden) {
    for (const [name, input] of [["contact", $("#phone")], ["email", $("#email")]]) {
      input.value = given[name] || "";
      input.readOnly = Boolean(readonly[name]);
      $(`[data-contact="${name}"]`).hidden = Boolean(hidden[name]);
    }
    $("#contact").hidden = Boolean(hidden.contact && hidden.email);
    $("#contact-summary").textContent = [given.contact, given.email].filter(Boolean).join(" · ");
    if (given.vpa) $("#vpa").value = given.vpa;
    const method = $(`input[name=method][value="${CSS.escape(given.method || "upi")}"]`);
    if (method) method.checked = true;
    showPanel();
  }

  function showPanel() {
    for (const panel of $$("[data-panel]")) panel.hidden = panel.dataset.panel !== chosen();
  }

  function receive(event) {
    if (event.source !== window.parent || event.origin !== parentOrigin) return;
    if (event.data.type === "options") greet(event.data.options);
    else if (event.data.type === "confirm") askToLeave(event.data.reason);
  }

  function wire() {
    window.addEventListener("message", receive);
    window.addEventListener("pagehide", abandon);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !$("#confirm").open) tell("escape");
    });
    $("#close").addEventListener("click", () => askToLeave("close"));
    $("[data-back]").addEventListener("click", () => tell("dismiss", { reason: "close" }));
    $("[data-stay]").addEventListener("click", () => $("#confirm").close());
    $("[data-leave]").addEventListener("click", () => tell("dismiss", { reason: $("#confirm").dataset.reason }));
    $("#methods").addEventListener("submit", pay);
    $("#methods").addEventListener("change", showPanel);
    $("#otp-form").addEventListener("submit", (event) => {
      event.preventDefault();
      finish({ otp: $("#otp").value.trim() });
    });
    for (const button of $$("[data-outcome]")) {
      button.addEventListener("click", () => finish({ outcome: button.dataset.outcome }));
    }
    for (const button of $$("[data-cancel]")) button.addEventListener("click", () => finish({ outcome: "cancelled" }));
    for (const chip of $$("[data-vpa]")) {
      chip.addEventListener("click", () => { $("#vpa").value = chip.dataset.vpa; $("#vpa").focus(); });
    }
    for (const chip of $$("[data-card]")) chip.addEventListener("click", () => fillCard(chip.dataset.card));
    $("#number").addEventListener("input", groupDigits);
  }

  function fillCard(number) {
    $("#number").value = number;
    $("#expiry").value = `12/${String(new Date().getFullYear() + 3).slice(-2)}`;
    $("#cvv").value = "123";
    $("#number").focus();
  }

  function groupDigits(event) {
    const field = event.target;
    if (field.selectionStart !== field.value.length) return;
    field.value = field.value.replace(/\D/g, "").slice(0, 19).replace(/(\d{4})(?=\d)/g, "$1 ");
  }

  wire();
  tell("ready");
})();
