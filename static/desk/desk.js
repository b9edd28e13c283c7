/* The desk by keyboard: j and k go down and up, Enter opens, x ticks; the acts of the chosen row come by htmx, so that
   going down the list waits for nothing; the letter of an act that is still coming is pressed when it has come. Chips
   take effect when they are chosen. Without it all of it are links and forms. */
(function () {
  "use strict";
  var table = document.getElementById("desk"), bulk = document.getElementById("bulk"), waiting, early;

  function rows() { return Array.prototype.slice.call(table.querySelectorAll("tr[data-case]")); }
  function chosen() { return table.querySelector("tr[data-case].on"); }
  function link(row) { return row.querySelector("td.case a"); }

  function choose(row) {
    if (!row) return;
    var before = chosen(), acts = document.getElementById("acts");
    if (before === row) { link(row).focus(); return; }
    if (before) before.classList.remove("on");
    if (acts) acts.remove();
    row.classList.add("on");
    link(row).focus();
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(waiting);
    early = "";
    waiting = setTimeout(function () { fetchActs(row); }, 60);
  }

  function fetchActs(row) {
    var again = table.dataset.again, number = row.dataset.case;
    window.htmx.ajax("GET", again + (again.indexOf("?") < 0 ? "?" : "&") + "case=" + encodeURIComponent(number), {
      source: row, target: row, swap: "afterend", select: '#acts[data-of="' + number + '"]'
    }).then(function () {
      document.querySelectorAll("#acts").forEach(function (acts) {
        if (acts.previousElementSibling !== chosen()) acts.remove();
      });
      show(document.getElementById("acts"));
    });
  }

  function show(acts) {
    if (!acts) return;
    acts.scrollIntoView({ block: "nearest" });
    var meant = early && acts.querySelector('[data-key="' + early + '"]');
    early = "";
    if (meant) meant.click();
  }

  function step(by) {
    var all = rows(), at = all.indexOf(chosen());
    choose(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function tick(row) {
    var box = row && row.querySelector("input[name=case]");
    if (box) { box.checked = !box.checked; count(); }
  }

  function count() {
    var n = document.querySelectorAll("#desk input[name=case]:checked").length, said = bulk.querySelector(".ticked");
    bulk.classList.toggle("any", n > 0);
    said.textContent = n ? said.dataset.some + " " + n : said.dataset.none;
  }

  function typing(event) {
    return event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  }

  document.querySelectorAll(".chips select").forEach(function (select) {
    select.addEventListener("change", function () { select.form.submit(); });
  });
  if (!table) return;
  table.addEventListener("change", count);
  table.addEventListener("click", function (event) {
    var row = event.target.closest("tr[data-case]");
    if (row && !event.target.closest("a, input, button")) choose(row);
  });
  document.addEventListener("keydown", function (event) {
    if (typing(event)) return;
    var key = window.pressed(event);
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "x") tick(chosen());
    else if (/^[a-z]$/.test(key) && !event.defaultPrevented && !document.getElementById("acts")) early = key;
    else if (event.key === "Enter" && event.target === document.body && chosen()) link(chosen()).click();
    else return;
    event.preventDefault();
  });
  count();
  // Come back to its row, wherever it stands, unless something is to be read first.
  if (/[?&]case=/.test(location.search) && chosen() && !document.querySelector("p.note.warn")) {
    chosen().scrollIntoView({ block: "nearest" });
    show(document.getElementById("acts"));
  }
})();
