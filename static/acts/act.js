/* An act by keyboard and with less waiting: Ctrl+Enter sends, a phrase goes in where the cursor stands, it is said when
   a draft could not be kept, and a number of what is missing is never said of a form that has changed since. Without it every
   one of these is a button that the server answers. */
(function () {
  "use strict";
  var form = document.getElementById("act");
  if (!form) return;
  var send = form.querySelector("[data-send]");
  var pickers = {};
  document.querySelectorAll(".with-script").forEach(function (one) { one.hidden = false; });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.isComposing || !send) return;
    event.preventDefault();
    ((event.shiftKey && form.querySelector("[data-send-next]")) || send).click();
  });

  // Where something must still be written, one begins at once, in the first field that is empty. On a phone that would open
  // its keyboard, and a firm reads the page first.
  function first() {
    return Array.prototype.find.call(form.elements, function (one) {
      var empty = one.type === "radio" ? !form.querySelector('[name="' + one.name + '"]:checked') : !one.value;
      return /^(TEXTAREA|SELECT|INPUT)$/.test(one.tagName) && !/^(hidden|file|checkbox)$/.test(one.type) && empty &&
        one.getClientRects().length > 0;
    });
  }
  var missing = document.getElementById("still-missing");
  if (document.body.classList.contains("work") && missing && missing.dataset.number > 0 && document.activeElement === document.body && !location.hash &&
      window.matchMedia("(hover: hover) and (pointer: fine)").matches && first()) first().focus({ preventScroll: true });

  form.addEventListener("focusin", function (event) {
    if (event.target.tagName === "TEXTAREA") pickers[event.target.name] = event.target;
  });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=put]");
    if (!button) return;
    var name = button.value.split(" ")[0], key = button.value.slice(name.length + 1);
    var text = form.elements[name];
    if (!text || text.tagName !== "TEXTAREA") return;
    event.preventDefault();
    var at = pickers[name] ? [text.selectionStart, text.selectionEnd] : [text.value.length, text.value.length];
    text.setRangeText(button.dataset.words, at[0], at[1], "end");
    var used = form.elements.used;
    if (used && /^\d+$/.test(key)) used.value = (used.value + " " + key).trim();
    pickers[name] = text;
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What is still missing comes with each draft that is kept. Until then the line names what is still empty of what was
  // missing, without a number: an answer may have made another field needed. A file goes with no draft and is looked at
  // here alone.
  var changes = 0, sending = 0, asked = 0;
  function filled(id) {
    var field = document.getElementById(id);
    if (!field) return false;
    if (field.type === "file") return field.files.length > 0;
    var boxes = field.matches("input[type=radio], input[type=checkbox]") ? form.querySelectorAll('[name="' + field.name + '"]') :
      field.querySelectorAll("input[type=radio], input[type=checkbox]");
    return boxes.length ? Array.prototype.some.call(boxes, function (one) { return one.checked; }) : Boolean(field.value && field.value.trim());
  }
  function count() {
    var line = document.getElementById("still-missing"), known = changes === asked, left = 0;
    if (!line) return;
    line.querySelectorAll(".one").forEach(function (one) {
      var id = one.firstChild.hash.slice(1), field = document.getElementById(id);
      var mended = (known && field && field.type !== "file") ? false : filled(id);
      if (!mended) left += 1;
      one.hidden = mended || left > 4;
    });
    line.querySelector(".rest").hidden = left <= 4;
    var words = known ? (left ? "some" : "none") : (left ? "someEmpty" : "noneEmpty");
    line.querySelector("span").textContent = line.dataset[words].replace("{n}", left);
    form.classList.toggle("counting", !known);
  }
  form.addEventListener("input", function () { changes += 1; count(); });
  form.addEventListener("htmx:beforeRequest", function () { sending = changes; });
  document.body.addEventListener("htmx:oobAfterSwap", function () { asked = sending; count(); });

  function trouble(words) {
    var line = document.getElementById("draft-line");
    if (!line) return;
    var said = line.querySelector(".trouble") || line.appendChild(document.createElement("p"));
    said.className = "trouble";
    said.setAttribute("role", "status");
    said.textContent = words;
  }

  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (/\/sign-in(\?|$)/.test(event.detail.xhr.responseURL)) {
      event.detail.shouldSwap = false;
      trouble(document.getElementById("draft-line").dataset.signedOut);
    }
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.body.addEventListener(name, function (event) {
      var line = document.getElementById("draft-line");
      var over = event.detail.xhr && event.detail.xhr.status === 400;
      if (line) trouble(over ? line.dataset.signedOut : line.dataset.lost);
    });
  });
})();
