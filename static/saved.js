// A form saved as it is written: where an answer does not say "saved" (signed out, mail down), the page says so.
"use strict";
(function () {
  function failed() {
    const line = document.getElementById("saved");
    if (line) line.textContent = line.dataset.failed;
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes('id="saved"')) return;
    event.detail.shouldSwap = false;
    failed();
  });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
