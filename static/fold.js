/* Folds the filters where they stand over the list before anything is painted: folded later, the list would jump. Without it they stand open. */
(function () {
  "use strict";
  var filters = document.querySelector(".filters > details");
  if (filters && window.matchMedia("(max-width: 1120px)").matches) filters.open = false;
})();
