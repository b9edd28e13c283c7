/* Keys: a letter presses what is shown with that letter (data-key), ? shows what each does here, / goes to the search.
   In a list of cases j and k go down and up, Enter opens; the desk has its own. Nothing happens while somebody types,
   holds a modifier, or has a dialog open. Without it everything is a link. */
// What was pressed, whatever the input method makes of it: capitals by CapsLock, full width, or nothing but the key's place.
window.pressed = function (event) {
  "use strict";
  var place = /^Key([A-Z])$/.exec(event.code || "");
  if (event.isComposing || event.key === "Process") return place ? place[1].toLowerCase() : "";
  if (event.key === "\uff1f") return "?";
  if (event.key === "\uff0f" || event.key === "\u3001") return "/";
  var wide = event.key.length === 1 && event.key >= "\uff21" && event.key <= "\uff5a";
  var key = wide ? String.fromCharCode(event.key.charCodeAt(0) - 0xfee0) : event.key;
  return key.length === 1 && !event.shiftKey ? key.toLowerCase() : key;
};
(function () {
  "use strict";
  var all = document.getElementById("keys"), before;

  function typing(event) {
    return event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey ||
      event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) &&
      !/^(checkbox|radio|button|submit)$/.test(event.target.type);
  }

  function shown(element) { return element.getClientRects().length > 0; }

  function help(wanted) {
    if (!all || all.open === wanted) return false;
    all.open = !all.open;
    if (all.open) { before = document.activeElement; all.querySelector("summary").focus(); }
    else if (before) before.focus();
    return true;
  }

  // The letters of what is on the page now, each with the words that stand there; what the list says by itself holds.
  function list() {
    var here = all.querySelector("dl");
    here.querySelectorAll(".here").forEach(function (one) { one.remove(); });
    var first = here.firstElementChild;
    var said = Array.prototype.map.call(here.querySelectorAll("kbd"), function (one) { return one.textContent; });
    document.querySelectorAll("[data-key]").forEach(function (element) {
      var letter = element.dataset.key.toUpperCase();
      if (!letter || said.indexOf(letter) >= 0 || !shown(element) || element.disabled) return;
      said.push(letter);
      var words = element.cloneNode(true);
      words.querySelectorAll("kbd").forEach(function (one) { one.remove(); });
      line(here, first, letter, words.textContent.replace(/\s+/g, " ").trim());
    });
  }

  function line(here, first, letter, words) {
    var key = document.createElement("dt"), what = document.createElement("dd");
    key.appendChild(document.createElement("kbd")).textContent = letter;
    what.textContent = words;
    [key, what].forEach(function (one) { one.className = "here"; here.insertBefore(one, first); });
  }

  function search() {
    var field = Array.prototype.find.call(document.querySelectorAll("input[type=search]"), shown);
    if (field) { field.focus(); field.select(); }
    return Boolean(field);
  }

  function press(letter) {
    var named = Array.prototype.filter.call(document.querySelectorAll("[data-key]"), function (element) {
      return element.dataset.key === letter && shown(element) && !element.disabled;
    });
    if (named.length) named[0].click();
    return named.length > 0;
  }

  function step(by) {
    if (document.getElementById("desk")) return false;
    var all = Array.prototype.slice.call(document.querySelectorAll("table.worklist tr[data-case] a.code")).filter(shown);
    var at = all.indexOf(document.activeElement);
    var next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) next.focus();
    return Boolean(next);
  }

  document.addEventListener("keydown", function (event) {
    if (typing(event)) return;
    var key = window.pressed(event);
    if (key === "j" || key === "k") { if (step(key === "j" ? 1 : -1)) event.preventDefault(); return; }
    if (event.repeat) return;
    var done = key === "?" ? help() : key === "Escape" ? help(false) : key === "/" ? search() : /^[a-z]$/.test(key) && !event.shiftKey && press(key);
    if (done) event.preventDefault();
  });
  if (all) {
    all.addEventListener("toggle", function () { if (all.open) list(); });
    document.addEventListener("htmx:afterSettle", function () { if (all.open) list(); });
  }
  document.documentElement.classList.add("by-key");
})();
