// Evidence: files dropped on the field, and shown small as soon as they are chosen. Without it the field is a field.
"use strict";
(function () {
  const small = new Map();

  function input(zone) { return zone.querySelector("input[type=file]"); }

  function ready(zone) {
    if (zone.dataset.ready) return;
    zone.dataset.ready = "yes";
    const hint = document.createElement("span");
    hint.className = "drop-hint";
    hint.textContent = zone.dataset.hint;
    input(zone).after(hint);
  }

  function draw(file) {
    if (!file.type.startsWith("image/") || small.has(file.name)) return;
    const reader = new FileReader(), image = new Image();
    reader.onload = () => { image.src = reader.result; };
    image.onload = () => {
      const canvas = document.createElement("canvas"), scale = 96 / Math.max(image.width, image.height, 96);
      canvas.width = image.width * scale;
      canvas.height = image.height * scale;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      small.set(file.name, canvas.toDataURL("image/jpeg", 0.7));
      show();
    };
    reader.readAsDataURL(file);
  }

  function show() {
    document.querySelectorAll(".drop").forEach(ready);
    document.querySelectorAll(".kept-files li").forEach((line) => {
      const place = line.querySelector(".thumb"), drawn = small.get(line.dataset.file);
      if (!drawn || place.firstChild) return;
      const image = document.createElement("img");
      image.src = drawn;
      image.alt = "";
      place.append(image);
    });
  }

  document.addEventListener("change", (event) => {
    if (event.target.type === "file") Array.from(event.target.files).forEach(draw);
  });
  ["dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    const zone = event.target.closest && event.target.closest(".drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    input(zone).files = event.dataTransfer.files;
    input(zone).dispatchEvent(new Event("change", { bubbles: true }));
  }));
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("htmx:oobAfterSwap", show);
  show();
})();
