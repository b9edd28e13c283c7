/* A mark of a fault is about what was sent: it turns grey as soon as the field is changed and not empty, and its line in
   the summary too; nothing moves under whoever types. Without it the marks stand until the form is sent again. */
(function () {
  "use strict";
  document.addEventListener("input", function (event) {
    var place = event.target.closest(".field-fault");
    if (!place || (event.target.value === "" && event.target.type !== "checkbox")) return;
    place.classList.add("changed");
    [place].concat(Array.prototype.slice.call(place.querySelectorAll("[aria-invalid]"))).forEach(function (one) {
      one.removeAttribute("aria-invalid");
    });
    document.querySelectorAll(".faults li").forEach(function (line) {
      var link = line.querySelector("a"), field = link && document.getElementById(link.hash.slice(1));
      if (field && (place === field || place.contains(field))) line.classList.add("changed");
    });
  });
}());
