// The portal's own behaviour, on top of pages that work without it. Alpine's CSP build reads components by name.
"use strict";

document.addEventListener("alpine:init", () => {
  // A button that copies a value and says so, to eyes and to screen readers.
  Alpine.data("copyable", () => ({
    done: false,
    async copy() {
      const text = this.$root.dataset.copy;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      this.done = true;
      setTimeout(() => { this.done = false; }, 2000);
    },
    get idle() { return !this.done; },
    get said() { return this.done ? this.$root.dataset.said : ""; },
  }));

  // A form with a file: how much of it has arrived.
  Alpine.data("upload", () => ({
    percent: 0,
    sending: false,
    begin() { this.sending = true; this.percent = 0; },
    progress(event) {
      const { loaded, total } = event.detail;
      if (total) this.percent = Math.round((loaded / total) * 100);
    },
    end() { this.sending = false; },
    get shown() { return `${this.percent} %`; },
  }));
});

// One click is enough: a form that is on its way is not sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.hasAttribute("hx-post")) return;
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.setAttribute("aria-disabled", "true");
    button.classList.add("btn-disabled");
  }
});
// Coming back by the browser's own button shows the page as it was left: let its forms work again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll(".btn-disabled")) {
      button.removeAttribute("aria-disabled");
      button.classList.remove("btn-disabled");
    }
  }
});

// Dialogs open by a button that names them; menus close when the reader looks elsewhere.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  for (const menu of document.querySelectorAll("details.dropdown[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.dropdown[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

// An answer that is no page of ours (too large, busy, no connection) leaves the form as it is and says so.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const note = event.target.querySelector("[data-failed]");
    if (note) note.hidden = false;
  });
}
document.addEventListener("htmx:beforeRequest", (event) => {
  const note = event.target.querySelector("[data-failed]");
  if (note) note.hidden = true;
});

// After a form came back with errors, the first field at fault has the focus.
function focusFirstError(root) {
  root.querySelector("[aria-invalid=true]")?.focus();
}
document.addEventListener("DOMContentLoaded", () => focusFirstError(document));
document.addEventListener("htmx:afterSettle", (event) => focusFirstError(event.target));
