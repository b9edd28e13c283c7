/* Sheets sent early: the button counts what is ticked, and one box ticks all. Without it the button says that it sends
   what is ticked, and each row has its box. */
(function () {
  "use strict";
  var form = document.getElementById("sheets");
  if (!form) return;
  var send = document.getElementById("send-sheets"), every = document.getElementById("every-sheet");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input[name=sheet]"));

  function count() {
    var n = boxes.filter(function (box) { return box.checked; }).length;
    every.checked = n === boxes.length;
    every.indeterminate = n > 0 && n < boxes.length;
    send.disabled = n === 0;
    send.textContent = n > 1 ? send.dataset.many.replace("{n}", n) : n ? send.dataset.one : send.dataset.none;
  }

  every.hidden = false;
  every.addEventListener("change", function () {
    boxes.forEach(function (box) { box.checked = every.checked; });
    count();
  });
  form.addEventListener("change", function (event) { if (event.target.name === "sheet") count(); });
  window.addEventListener("pageshow", count);
  count();
}());
