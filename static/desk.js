/* The desk by keyboard: j and k go down and up, Enter opens, / searches. Without it every row is a link. */
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("#desk tr[data-case]"));
  var keys = document.querySelector(".keys");
  if (keys) keys.hidden = false;

  function chosen() {
    return rows.findIndex(function (row) { return row.classList.contains("on"); });
  }

  function choose(place) {
    if (place < 0 || place >= rows.length) return;
    document.querySelectorAll("#desk tr.on").forEach(function (row) {
      row.classList.remove("on");
      if (row.classList.contains("acts")) row.hidden = true;
    });
    var row = rows[place], acts = row.nextElementSibling;
    row.classList.add("on");
    if (acts && acts.classList.contains("acts")) { acts.classList.add("on"); acts.hidden = false; }
    row.querySelector("a").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "j") choose(chosen() + 1);
    else if (event.key === "k") choose(chosen() - 1);
    else if (event.key === "/" && document.getElementById("search")) {
      event.preventDefault();
      document.getElementById("search").focus();
    }
  });
})();
