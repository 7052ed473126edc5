/* The chat in the browser: sending, the person's own message, focus, and copying.
   Without this file the forms still work: each one posts and gets a whole page back. */
(() => {
  "use strict";

  const form = document.getElementById("composer");
  const log = document.getElementById("log");
  if (!form || !log || !window.htmx) return;

  const box = document.getElementById("text");
  const counter = document.getElementById("counter");
  const waiting = document.getElementById("waiting");
  const status = document.getElementById("status");
  const offline = document.getElementById("offline");
  const maximum = Number(form.dataset.max);
  const touch = window.matchMedia("(pointer: coarse)");

  /* The message under way, or null: {source, button, text, own}. One at a time; "hx-sync" in the
     page drops what is sent meanwhile. */
  let turn = null;

  form.noValidate = true;

  /* Tell a screen reader; the same words stand on the screen already. */
  function say(text) {
    status.textContent = text;
  }

  /* ---- the input field ---- */

  const typed = () => box.value.replace(/\r\n/g, "\n");
  const length = () => Array.from(typed()).length;

  /* Browsers that size the field by its content do it without a jump of the page. */
  const fitsItself = CSS.supports("field-sizing", "content");
  function fit() {
    if (fitsItself) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  }

  let counterState = "";
  function count() {
    const left = maximum - length();
    const state = left < 0 ? "over" : left <= maximum / 10 ? "near" : "";
    const text = left < 0
      ? form.dataset.over.replace("{n}", String(-left))
      : form.dataset.left.replace("{n}", String(left));
    counter.textContent = state ? text : "";
    counter.classList.toggle("over", state === "over");
    box.setAttribute("aria-invalid", String(state === "over"));
    /* Said aloud when it starts to matter, not at every key. */
    if (state !== counterState) say(state ? text : "");
    counterState = state;
  }

  function put(text) {
    box.value = text;
    fit();
    count();
  }

  box.addEventListener("input", () => { fit(); count(); });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /* ---- the conversation ---- */

  function ownMessage(text) {
    const article = document.createElement("article");
    article.className = "own";
    const heading = document.createElement("h2");
    heading.className = "sr-only";
    heading.textContent = "Jij";
    const words = document.createElement("p");
    words.textContent = text;
    article.append(heading, words);
    log.append(article);
    return article;
  }

  let notices = 0;
  function offlineNotice() {
    const notice = offline.content.firstElementChild.cloneNode(true);
    notices += 1;
    const id = `offline-${notices}`;
    notice.setAttribute("aria-labelledby", id);
    notice.querySelector("h2").id = id;
    log.append(notice);
  }

  function wait(on) {
    waiting.classList.toggle("on", on);
    say(on ? status.dataset.waiting : "");
    form.classList.toggle("busy", on);
  }

  /* A question that was answered or passed by cannot be answered again. */
  function closeQuestions(root) {
    root.querySelectorAll(".option:not([disabled])").forEach((button) => { button.disabled = true; });
  }

  function markChosen(button) {
    button.classList.add("chosen");
    const note = document.createElement("span");
    note.className = "sr-only";
    note.textContent = " (gekozen)";
    button.append(note);
  }

  function showCopyButtons(root) {
    root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
  }

  const isMessageForm = (element) => element.matches("#composer, .options, .actions");

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if (!isMessageForm(source)) return;
    const submitter = event.detail.requestConfig.triggeringEvent?.submitter;
    const button = source === form ? null : submitter ?? null;
    const text = button ? button.textContent.trim() : typed().trim();
    if (!button && (!text || length() > maximum)) {
      event.preventDefault();
      box.focus();
      return;
    }
    turn = { source, button, text, own: ownMessage(text) };
    if (!button) put("");
    turn.own.scrollIntoView({ block: "start" });
    wait(true);
  });

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== log) return;
    /* Something between us and the program answered, such as a proxy: not ours to show. */
    if (event.detail.xhr.getResponseHeader("X-Deelwijzer") !== "fragment") event.detail.shouldSwap = false;
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!turn || event.detail.elt !== turn.source) return;
    const { button, text, own } = turn;
    turn = null;
    wait(false);
    if (!own.nextElementSibling) offlineNotice();
    let answer = own.nextElementSibling;
    while (!answer.matches(".answer")) answer = answer.nextElementSibling;
    if (event.detail.successful) {
      if (button) {
        markChosen(button);
        button.disabled = true;
      }
      for (let old = log.firstElementChild; old && old !== own; old = old.nextElementSibling) closeQuestions(old);
    } else {
      own.classList.add("failed");
      if (!button && !box.value) put(text);
    }
    showCopyButtons(log);
    own.scrollIntoView({ block: "start" });
    /* After a press the button is gone from the tab order, so the reader goes on at the answer.
       On a touch screen the keyboard would cover the answer. */
    if (button || (touch.matches && event.detail.successful)) {
      answer.querySelector("h2").focus({ preventScroll: true });
    }
  });

  /* ---- copying ---- */

  async function copy(text) {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    /* Over plain HTTP, away from this computer, browsers offer only the old way. */
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "sr-only";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("not copied");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const label = button.querySelector(".copy-text");
    try {
      await copy(button.dataset.copy);
      label.textContent = "Gekopieerd";
      button.classList.add("copied");
      say("Gekopieerd");
    } catch {
      label.textContent = "Kopiëren lukt niet";
    }
    button.focus();
  });

  /* The field is not focused by itself: a screen reader would then skip the welcome, which says
     that this is a machine and that no names belong here. */
  showCopyButtons(document);
  fit();
})();
