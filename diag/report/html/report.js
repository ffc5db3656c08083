"use strict";
(() => {
  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  if (!words || !shown) return;
  document.documentElement.classList.add("js");
  const all = (query) => Array.from(document.querySelectorAll(query));
  // A row of the list at the top is there when its finding is.
  const said = (node) => {
    const link = node.classList.contains("glance") ? node.querySelector("a") : null;
    const whole = link ? document.getElementById(link.hash.slice(1)) : null;
    return (whole || node).textContent.toLowerCase();
  };
  const items = all(".finding, .glance, .row").map((node) => ({
    node, text: said(node), level: node.dataset.severity || "",
    counts: node.classList.contains("finding"),
  }));
  const total = items.filter((one) => one.counts).length;
  const boxes = all(".level");
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let left = 0;
    for (const one of items) {
      const fits = (!one.level || levels.has(one.level)) && wanted.every((word) => one.text.includes(word));
      one.node.hidden = !fits;
      if (fits && one.counts) left += 1;
    }
    for (const part of all("#rules details")) if (wanted.length) part.open = true;
    const some = wanted.length > 0 || levels.size < boxes.length;
    shown.textContent = some ? `${left} of ${total} findings shown` : "";
  };
  let waiting = 0;
  words.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  for (const box of boxes) box.addEventListener("change", filter);
  filter();
})();
