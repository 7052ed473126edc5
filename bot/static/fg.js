/* The queue of the FG with the keyboard. Without this file everything works with the mouse, by touch
   and with Tab. Keys of one letter can be turned off (WCAG 2.1.4); this browser remembers that. */
(() => {
  "use strict";

  const form = document.getElementById("queue");
  if (!form) return;

  const OFF = "deelwijzer-sneltoetsen-uit";
  const keys = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  const status = document.getElementById("status");
  const picked = document.getElementById("picked");
  const rows = Array.from(form.querySelectorAll(".row"));

  function remembered() {
    try { return localStorage.getItem(OFF) !== "1"; } catch { return true; }
  }
  on.checked = remembered();
  on.addEventListener("change", () => {
    try { localStorage.setItem(OFF, on.checked ? "0" : "1"); } catch { /* only for this page, then */ }
  });

  const current = () => rows.findIndex((row) => row.contains(document.activeElement));
  const box = (row) => row.querySelector("input[type=checkbox]");
  const chosen = () => rows.filter((row) => box(row).checked);

  function count() {
    const number = chosen().length;
    picked.textContent = number === 0 ? "Met de gekozen vragen:" : number === 1 ? "Met 1 gekozen vraag:" : `Met ${number} gekozen vragen:`;
  }

  function go(step) {
    const at = current();
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next].querySelector("a").focus();
  }

  function tick() {
    const at = current();
    if (at < 0) return;
    box(rows[at]).checked = !box(rows[at]).checked;
    status.textContent = box(rows[at]).checked ? "Gekozen" : "Niet meer gekozen";
    count();
  }

  /* With nothing chosen, the key is about the question that has the focus. */
  function act(what) {
    const at = current();
    if (chosen().length === 0) {
      if (at < 0) return;
      box(rows[at]).checked = true;
    }
    form.requestSubmit(form.querySelector(`button[name=doe][value=${what}]`));
  }

  const does = {
    j: () => go(1),
    k: () => go(-1),
    o: () => { const at = current(); if (at >= 0) rows[at].querySelector("a").click(); },
    x: tick,
    c: () => act("sluit"),
    g: () => act("klopt"),
  };

  function list() {
    keys.showModal();
    document.getElementById("keys-title").focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || keys.open) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    if (!on.checked) return;
    if (event.key === "?") {
      event.preventDefault();
      list();
      return;
    }
    /* On the box of a row Enter would send the form with the first button. */
    if (event.key === "Enter" && event.target.matches(".row input")) {
      event.preventDefault();
      does.o();
      return;
    }
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(does, key)) return;
    event.preventDefault();
    does[key]();
  });

  form.addEventListener("change", count);
  const button = form.querySelector("[data-keys]");
  button.hidden = false;
  button.addEventListener("click", list);
  /* A browser that goes back may have kept the boxes. */
  count();
})();
