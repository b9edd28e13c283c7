// Intake by keyboard: j and k go through the queue, 1 2 3 open a choice, Ctrl+Enter sends its form. Without it all are links.
"use strict";
(function () {
  const keys = document.querySelector(".queue .keys");
  if (keys) keys.hidden = false;
  const shown = () => document.querySelector("#decide form");

  function step(by) {
    const lines = Array.from(document.querySelectorAll(".queue .line"));
    const next = lines[lines.findIndex((line) => line.classList.contains("on")) + by];
    if (next) next.click();
  }

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !/^(radio|checkbox)$/.test(event.target.type);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && shown()) {
      event.preventDefault();
      shown().requestSubmit();
    } else if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (/^[1-9]$/.test(event.key)) {
      const choice = document.querySelector('#decide [data-key="' + event.key + '"]');
      if (choice) choice.click();
    }
  });

  // A choice that was opened without a new page: the reader goes on in its form.
  document.addEventListener("htmx:afterSwap", () => {
    const form = shown();
    const first = form && form.querySelector("input:not([type=hidden]), textarea, select, button");
    if (first) first.focus({ preventScroll: true });
  });
})();
