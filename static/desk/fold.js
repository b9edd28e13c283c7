/* Folds the filters where they stand over the list before anything is painted: folded later, the list would jump. Without it they stand open. */
(function () {
  "use strict";
  var filters = document.querySelector(".filters > details");
  var narrow = window.matchMedia("(max-width: 1120px)");
  if (!filters) return;
  if (narrow.matches) filters.open = false;
  if (narrow.addEventListener) narrow.addEventListener("change", function () { filters.open = !narrow.matches; });
})();
