/* A paper in its place on the page, in the viewer of the browser where it has one; without it the name is a link. */
(function () {
  "use strict";
  if (!navigator.pdfViewerEnabled) return;
  document.querySelectorAll(".paper-here").forEach(function (place) {
    place.hidden = false;
    place.addEventListener("toggle", function () {
      if (!place.open || place.querySelector("iframe")) return;
      var paper = place.appendChild(document.createElement("iframe"));
      paper.title = place.dataset.title;
      paper.src = place.dataset.paper + "#navpanes=0&view=FitH";
    });
    place.open = "first" in place.dataset && window.matchMedia("(min-width: 1001px)").matches;
  });
})();
