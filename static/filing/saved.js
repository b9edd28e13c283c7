// A form saved as it is written: where an answer does not say "saved" (signed out, mail down), the page says so.
// Ctrl+Enter goes on, as it sends on every other page. Without it the button does.
"use strict";
(function () {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.isComposing) return;
    const on = document.querySelector("main form .button.main");
    if (on) on.click();
  });
  function failed() {
    const line = document.getElementById("saved");
    if (line) line.textContent = line.dataset.failed;
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes('id="saved"')) return;
    event.detail.shouldSwap = false;
    failed();
  });
  // The field of files comes anew only with an answer to files that were sent: else the dialog in which one is just
  // being chosen would hand it to a field that is gone.
  let changed = false, sent = false;
  document.addEventListener("change", (event) => {
    if (!event.target.closest(".files")) return;
    changed = true;
    sent = false;
  });
  document.addEventListener("htmx:beforeRequest", () => { sent = changed; });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    event.detail.shouldSwap = sent;
    if (sent) changed = sent = false;
  });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
