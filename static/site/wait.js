/* Waiting: after a second it is said quietly that the page is on its way, and a form that is on its way is not sent
   twice. Without it a browser shows as much in its own way, and the server takes a form once. */
(function () {
  "use strict";
  var line = document.getElementById("waiting");
  var SOON = 1000, AGAIN = 20000, timers = [];
  if (!line) return;

  function quiet() {
    timers.forEach(clearTimeout);
    timers = [];
    line.textContent = "";
    document.querySelectorAll("[data-on-its-way]").forEach(function (one) {
      one.removeAttribute("data-on-its-way");
      one.querySelectorAll("[aria-disabled]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  }

  function wait(words) {
    timers.push(setTimeout(function () { line.textContent = words; }, SOON), setTimeout(quiet, AGAIN));
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) return;
    if (form.hasAttribute("data-on-its-way")) { event.preventDefault(); return; }
    if (form.method === "post") {
      form.setAttribute("data-on-its-way", "");
      if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    }
    wait(form.method === "post" ? line.dataset.sending : line.dataset.reading);
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.hasAttribute("download") || link.getAttribute("href").charAt(0) === "#") return;
    if (link.origin === location.origin) wait(line.dataset.reading);
  });

  var asked = 0;
  document.body.addEventListener("htmx:beforeRequest", function () { if (!asked++) wait(line.dataset.reading); });
  document.body.addEventListener("htmx:afterRequest", function () { asked -= 1; if (!asked) quiet(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) quiet(); });
})();
