// What pages add for the keyboard and the mouse; without it every link and form works all the same.
"use strict";

(() => {
  const sheet = () => document.getElementById("why-sheet");
  let cameFrom = null;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // "Why?" opens in the sheet at the side; the link itself leads to the same answer as a page.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.(".why")) cameFrom = event.target;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = sheet();
    if (dialog && event.target.id === "why-inside" && !dialog.open) dialog.showModal();
  });
  document.addEventListener("close", (event) => {
    if (event.target === sheet()) cameFrom?.focus();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target === sheet() || event.target.closest("[data-close]")) sheet()?.close();
  });

  // "/" leads to the search, arrows walk through what it found, "?" shows the keys.
  const links = () => [...document.querySelectorAll("#found a.thing")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.getElementById("search-text");
    if (event.key === "/" && search && !isTyping(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && !isTyping(event.target)) {
      document.getElementById("keys")?.showModal();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && search) {
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (!all.length || (at < 0 && document.activeElement !== search)) return;
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? search : all[Math.min(next, all.length - 1)]).focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
    if (event.target.id === "keys" || event.target.closest("[data-close-keys]")) {
      document.getElementById("keys")?.close();
    }
  });

  // A picture that moves can be held: nothing is asked for meanwhile.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pause]");
    button?.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  });
  const isHeld = () => document.querySelector('[data-pause][aria-pressed="true"]') !== null;

  // A part that asks for itself is still while nobody sees it; while the server is away, it says so and asks less often.
  const SOONEST_MS = 2000;
  const LATEST_MS = 60000;
  let wait_ms = 0;
  let notBefore = 0;
  let liveAt = new Date();
  const isLive = (event) => event.target.matches?.("[data-live]");
  const tell = (words) => {
    const place = document.querySelector("[data-stale]");
    if (!place || place.textContent === words) return;
    const said = document.createElement("p");
    said.className = "say warn";
    said.textContent = words;
    place.replaceChildren(...(words ? [said] : []));
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLive(event) && (isHeld() || document.hidden || Date.now() < notBefore)) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // The part that asked is replaced by then: the event comes to what holds it.
    if (!event.detail.requestConfig?.elt.matches("[data-live]")) return;
    if (event.detail.successful) {
      [wait_ms, notBefore, liveAt] = [0, 0, new Date()];
      tell("");
      return;
    }
    wait_ms = Math.min(Math.max(wait_ms * 2, SOONEST_MS), LATEST_MS);
    notBefore = Date.now() + wait_ms;
    const at = liveAt.toTimeString().slice(0, 8);
    tell(document.querySelector("[data-stale]")?.dataset.stale.replace("{at}", at) ?? "");
  });

  // A choice that stands for a form of its own is sent when it changes.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
  });

  // On a narrow screen the present one of the pages of a thing is brought into sight.
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // What a form could not take is announced where it stands.
  if (document.querySelector('[role="alert"]')) {
    document.querySelector(".field.wrong input, .field.wrong select, .field.wrong textarea")?.focus();
  }
})();
