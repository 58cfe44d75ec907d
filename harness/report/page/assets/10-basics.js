"use strict";
// Elements, numbers, and the page's data. Text from data only ever becomes text: nothing here parses HTML.

function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

async function unpacked(id) {
  const text = document.getElementById(id).textContent.trim();
  if (!text) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function shown(value, digits) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  const text = value.toLocaleString("en-US", { minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0 });
  return value > 0 && Number(text.replaceAll(",", "")) === 0 ? "<" + (10 ** -(digits || 0)).toFixed(digits || 0) : text;
}

// Ticks of an axis: 12k, but 0.25 and not 250m.
function short(value) {
  return Math.abs(value) >= 1000 ? d3.format("~s")(value) : String(Number(value.toPrecision(6)));
}

function signed(value, digits) {
  return (value > 0 ? "+" : value < 0 ? "−" : "±") + Math.abs(value).toFixed(digits);
}

function digitsOf(values) {
  const largest = d3.max(values, (value) => Math.abs(value)) || 0;
  return largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}

function field(label, control) {
  return el("label", { class: "field" }, label, control);
}

function select(options, value, changed, id) {
  const made = el("select", { id, onchange: () => changed(made.value) });
  for (const [key, label] of options) made.append(el("option", { value: key, selected: key === value }, label));
  return made;
}

function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function wide(element) {
  return Math.max(280, Math.min(1180, element.clientWidth || document.body.clientWidth - 32));
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (refused) {
    const area = el("textarea", {});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const label = button.textContent;
  button.textContent = "copied";
  setTimeout(() => { button.textContent = label; }, 1200);
}
