// Filing, the fields: ticking one leads to what it should say, and beside the input stands how it differs from the
// record. Without it the check page says the same.
"use strict";
(function () {
  const fields = document.querySelector(".claim-fields");
  if (!fields) return;
  const words = fields.dataset;

  function put(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function amountNotes(record, claim) {
    if (!/^\d+(\.\d+)?$/.test(record) || !/^\d+(\.\d+)?$/.test(claim)) return [];
    const was = Math.round(Number(record) * 1e6), now = Math.round(Number(claim) * 1e6);
    if (was === now) return [];
    const large = Math.max(was, now), small = Math.min(was, now);
    const times = small > 0 && large % small === 0 ? large / small : 0;
    const scale = Number(words.scale), by = ((large - small) / 1e6).toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1");
    const figure = scale === 1 ? by : ((large - small) * scale / 1e6).toLocaleString("en", { maximumFractionDigits: 2 });
    const kind = (now < was ? "less" : "more") + (times ? "Times" : "");
    const notes = [put(words[kind], { amount: put(words.amount, { figure }), n: times })];
    if (times === 10 || times === 10000) notes.push(words.unit);
    return notes;
  }

  function dateNotes(field, record, claim) {
    const days = (Date.parse(claim) - Date.parse(record)) / 864e5;
    if (!/^\d{4}-\d\d-\d\d$/.test(claim) || !days) return [];
    const span = Math.abs(days) === 1 ? words.day : put(words.days, { n: Math.abs(days) });
    const notes = [put(days < 0 ? words.earlier : words.later, { span })];
    if (field === "decided_on" || field === "valid_until") notes.push(words.moves);
    return notes;
  }

  function say(box) {
    const input = box.querySelector(".should input"), echo = box.querySelector("div.echo");
    if (!input || !echo) return;
    const { type, record, field } = box.dataset, claim = input.value.trim();
    const notes = type === "amount" ? amountNotes(record, claim) : type === "date" ? dateNotes(field, record, claim) : null;
    if (notes === null) return;
    echo.replaceChildren(...notes.map((note) => {
      const line = document.createElement("p");
      line.className = "echo";
      line.textContent = note;
      return line;
    }));
  }

  fields.addEventListener("input", (event) => {
    const box = event.target.closest(".claim-field");
    if (box) say(box);
  });
  let pointed = false;
  fields.addEventListener("pointerdown", () => { pointed = true; });
  fields.addEventListener("keydown", () => { pointed = false; });
  fields.addEventListener("change", (event) => {
    const box = event.target.closest(".claim-field"), ticked = event.target.type === "checkbox" && event.target.checked;
    const input = box && ticked && pointed && box.querySelector(".should :is(input, textarea, select)");
    if (input) input.focus();
  });
})();
