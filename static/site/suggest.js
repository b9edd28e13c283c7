/* The search field offers cases while somebody types, as a combobox: arrows go through them, Enter opens the one that is
   marked, Escape closes the list. Characters that an input method is still composing are not asked for. What is shown for
   other words than those in the field is not opened. Without it Enter leads to the page of what was found. */
(function () {
  "use strict";
  var field = document.getElementById("search"), list = document.getElementById("suggestions");
  if (!field || !list || !window.fetch) return;
  var said = document.getElementById("suggested"), SOON = 120, waiting, asking, shownFor = "", chosen = -1;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  function words() { return field.value.trim(); }
  function options() { return list.querySelectorAll("[role=option]"); }

  function choose(at) {
    var all = options();
    if (chosen >= 0 && all[chosen]) all[chosen].setAttribute("aria-selected", "false");
    chosen = all.length && at >= 0 ? (at + all.length) % all.length : -1;
    if (chosen < 0) { field.removeAttribute("aria-activedescendant"); return; }
    all[chosen].setAttribute("aria-selected", "true");
    all[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[chosen].id);
  }

  function open(yes) {
    list.hidden = !yes;
    field.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  }

  function close() {
    clearTimeout(waiting);
    if (asking) asking.abort();
    shownFor = "";
    said.textContent = "";
    open(false);
  }

  function show(asked, answer) {
    if (asked !== words() || document.activeElement !== field) return;
    list.innerHTML = answer;
    var whole = list.querySelector("[data-said]");
    if (!whole) { list.textContent = ""; close(); return; } // signed out meanwhile: the page that comes with Enter says so
    shownFor = asked;
    said.textContent = whole.dataset.said;
    open(options().length > 0);
    choose(options().length ? 0 : -1);
  }

  function ask() {
    var asked = words();
    if (asking) asking.abort();
    if (asked.replace(/\s/g, "").length < 2) { close(); return; }
    if (asked === shownFor) return;
    asking = new AbortController();
    fetch("/search?as=suggestions&q=" + encodeURIComponent(asked), { credentials: "same-origin", signal: asking.signal })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status))); })
      .then(function (text) { show(asked, text); })
      .catch(function (fault) { if (fault.name !== "AbortError") close(); });
  }

  function later() {
    clearTimeout(waiting);
    choose(-1);
    waiting = setTimeout(ask, SOON);
  }

  field.addEventListener("input", function (event) { if (!event.isComposing) later(); });
  field.addEventListener("compositionend", later);
  field.addEventListener("blur", function () { if (document.activeElement !== field) close(); });
  list.addEventListener("mousedown", function (event) { event.preventDefault(); });
  field.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? options().length - 1 : chosen + options().length - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0 && shownFor === words()) options()[chosen].click();
    else return;
    event.preventDefault();
  });
})();
