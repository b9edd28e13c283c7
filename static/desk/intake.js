// Intake by keyboard: j and k go through the queue, 1 2 3 open a choice; act.js sends its form. Without it all are links.
"use strict";
(function () {
  const keys = document.querySelector(".queue .key-row");
  if (keys) keys.hidden = false;
  if (/[?&]act=/.test(location.search)) {
    const field = document.querySelector("#act :is(input:not([type=hidden]), textarea, select)");
    if (field) field.focus({ preventScroll: true });
  }

  function press(found) {
    if (found) found.click();
  }

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !/^(radio|checkbox)$/.test(event.target.type);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const lines = Array.from(document.querySelectorAll(".queue .line"));
    const on = lines.findIndex((line) => line.classList.contains("on"));
    if (event.key === "j") press(lines[on + 1]);
    else if (event.key === "k") press(lines[on - 1]);
    else if (/^[1-9]$/.test(event.key)) press(document.querySelector('#decide [data-key="' + event.key + '"]'));
  });
})();
