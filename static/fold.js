/* Folds the filters on a phone before anything is painted: folded later, the list would jump. Without it they stand open. */
(function () {
  "use strict";
  var filters = document.querySelector(".filters > details");
  if (filters && window.matchMedia("(max-width: 760px)").matches) filters.open = false;
})();
