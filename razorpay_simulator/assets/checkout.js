/* Stand-in for https://checkout.razorpay.com/v1/checkout.js: test mode, no money moves. */
(function () {
  "use strict";

  const ORIGIN = new URL(document.currentScript.src).origin;
  let current = null;

  function element(name, className, styles) {
    const made = document.createElement(name);
    if (className) made.className = className;
    Object.assign(made.style, styles || {});
    return made;
  }

  function postForm(action, fields) {
    const form = element("form");
    form.method = "post";
    form.action = action;
    for (const [name, value] of Object.entries(fields)) {
      const input = element("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  function normalise(options) {
    if (!options || !options.key) throw new Error("No key passed");
    const modal = Object.assign(
      { escape: true, backdropclose: false, handleback: true, confirm_close: false, animation: true },
      options.modal
    );
    const retry = options.retry === false ? { enabled: false } : Object.assign({ enabled: true }, options.retry);
    return Object.assign({}, options, { modal, retry });
  }

  /* The element that the real script makes: a container over the page with a backdrop and a frame. */
  class View {
    constructor(options) {
      this.opener = document.activeElement;
      this.overflow = document.body.style.overflow;
      document.body.style.overflow = "hidden";
      this.container = element("div", "razorpay-container", {
        position: "fixed", inset: "0", zIndex: "2147483647", display: "grid", placeItems: "center",
      });
      this.container.setAttribute("role", "dialog");
      this.container.setAttribute("aria-modal", "true");
      this.container.setAttribute("aria-label", "Razorpay Checkout");
      this.backdrop = element("div", "razorpay-backdrop", {
        position: "absolute", inset: "0",
        background: (options.theme && options.theme.backdrop_color) || "rgba(0, 0, 0, 0.6)",
      });
      this.frame = this.makeFrame(options);
      this.container.append(this.backdrop, this.sentinel(), this.frame, this.sentinel());
      document.body.append(this.container);
      this.fit = () => this.resize();
      window.addEventListener("resize", this.fit);
      this.resize();
      this.frame.focus();
    }

    makeFrame(options) {
      const frame = element("iframe", "razorpay-checkout-frame", {
        position: "relative", border: "0", background: "#fff", colorScheme: "normal",
      });
      const query = new URLSearchParams({
        key_id: options.key, order_id: options.order_id || "", parent: window.location.origin,
      });
      frame.title = "Razorpay Checkout";
      frame.allow = "payment; clipboard-write";
      frame.src = `${ORIGIN}/v1/checkout/window?${query}`;
      return frame;
    }

    /* Keeps the Tab key inside the window: focus that leaves the frame comes back to it. */
    sentinel() {
      const stop = element("div", "", { position: "absolute" });
      stop.tabIndex = 0;
      stop.addEventListener("focus", () => this.frame.focus());
      return stop;
    }

    resize() {
      const small = window.innerWidth <= 520 || window.innerHeight <= 560;
      Object.assign(this.frame.style, {
        width: small ? "100%" : "440px",
        height: small ? "100%" : "min(700px, calc(100vh - 40px))",
        borderRadius: small ? "0" : "14px",
        boxShadow: small ? "none" : "0 24px 60px rgba(0, 0, 0, 0.35)",
      });
    }

    remove() {
      window.removeEventListener("resize", this.fit);
      this.container.remove();
      document.body.style.overflow = this.overflow;
      if (this.opener && this.opener.isConnected) this.opener.focus();
    }
  }

  class Razorpay {
    constructor(options) {
      this.options = normalise(options);
      this.listeners = {};
      this.view = null;
    }

    on(event, listener) {
      (this.listeners[event] = this.listeners[event] || []).push(listener);
      return this;
    }

    emit(event, detail) {
      for (const listener of this.listeners[event] || []) listener(detail);
    }

    open() {
      if (current) return;
      current = this;
      this.view = new View(this.options);
      this.listen();
      if (this.options.modal.handleback) window.history.pushState({ razorpay: true }, "");
      this.pushed = Boolean(this.options.modal.handleback);
      if (this.options.timeout > 0) {
        this.timer = window.setTimeout(() => this.dismiss("timeout"), this.options.timeout * 1000);
      }
    }

    close() {
      if (this.view) this.dismiss("close");
    }

    listen() {
      this.aborter = new AbortController();
      const signal = { signal: this.aborter.signal };
      window.addEventListener("message", (event) => this.receive(event), signal);
      window.addEventListener("popstate", () => { this.pushed = false; this.dismiss("back"); }, signal);
      document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.escape(); }, signal);
      this.view.backdrop.addEventListener("click", () => { if (this.options.modal.backdropclose) this.ask("backdrop"); });
    }

    receive(event) {
      if (event.origin !== ORIGIN || event.source !== this.view.frame.contentWindow) return;
      const message = event.data || {};
      if (message.type === "ready") this.greet();
      else if (message.type === "escape") this.escape();
      else if (message.type === "dismiss") this.dismiss(message.reason);
      else if (message.type === "failed") this.failed(message.error);
      else if (message.type === "success") this.succeeded(message.response);
    }

    send(message) {
      this.view.frame.contentWindow.postMessage(message, ORIGIN);
    }

    /* Functions cannot cross to the frame; everything else of the options can. */
    greet() {
      const plain = JSON.parse(JSON.stringify(this.options));
      this.send({ type: "options", options: plain });
      this.view.frame.focus();
    }

    escape() {
      if (this.options.modal.escape) this.ask("escape");
    }

    ask(reason) {
      if (this.options.modal.confirm_close) this.send({ type: "confirm", reason });
      else this.dismiss(reason);
    }

    failed(error) {
      this.emit("payment.failed", { error });
      if (!this.options.retry.enabled && this.view) this.dismiss("failed");
    }

    succeeded(response) {
      const { handler, callback_url: callback } = this.options;
      this.finish(() => {
        if (typeof handler === "function") handler(response);
        else if (callback) postForm(callback, response);
      });
    }

    dismiss(reason) {
      const { ondismiss } = this.options.modal;
      this.finish(() => { if (typeof ondismiss === "function") ondismiss(reason); });
    }

    finish(then) {
      if (!this.view) return;
      window.clearTimeout(this.timer);
      this.aborter.abort();
      this.view.remove();
      this.view = null;
      current = null;
      this.leaveHistory(then);
    }

    /* Takes back the history entry of `open` before the shop's page goes on: a navigation it starts would race it. */
    leaveHistory(then) {
      if (!this.pushed) { then(); return; }
      this.pushed = false;
      const goOn = () => { window.clearTimeout(late); window.removeEventListener("popstate", goOn); then(); };
      const late = window.setTimeout(goOn, 500);
      window.addEventListener("popstate", goOn);
      window.history.back();
    }
  }

  window.Razorpay = Razorpay;
})();
