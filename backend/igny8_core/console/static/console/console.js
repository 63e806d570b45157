// The desks by keyboard, and the first page's charts. Money arrives as text and is only turned into a number to draw it.
"use strict";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => Array.from(document.querySelectorAll("[data-row]"));
const openRow = () => document.querySelector("[data-row].is-open");

function markOpen() {
  const claim = document.querySelector("[data-claim]");
  for (const row of rows()) {
    const open = claim !== null && row.dataset.row === claim.dataset.claim;
    row.classList.toggle("is-open", open);
    row.querySelector("a").toggleAttribute("aria-current", open);
  }
  countTicked();
}

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const next = all[Math.min(Math.max(all.indexOf(openRow()) + by, 0), all.length - 1)];
  const link = next.querySelector("a");
  link.focus();
  link.click();
}

function countTicked() {
  const button = document.querySelector("[data-bulk-button]");
  if (button === null) return;
  const ticked = document.querySelectorAll("[data-row] input:checked").length;
  button.disabled = ticked === 0;
  button.textContent = ticked === 0 ? "Approve selected" : `Approve ${ticked} ticked`;
}

document.addEventListener("click", (event) => event.target.closest?.("[data-zoom]")?.classList.toggle("is-zoomed"));

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => document.querySelector("[data-approve] button")?.click(),
  r: () => document.querySelector("[data-reject] input")?.focus(),
  x: () => openRow()?.querySelector("input")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("[data-zoom].is-zoomed")?.classList.remove("is-zoomed");
  if (event.key === "Escape" && typing(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("[data-desk]") === null || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-row] input")) countTicked();
  if (event.target.matches("[data-currency]")) drawAll();
});
document.addEventListener("htmx:afterSettle", markOpen);
document.addEventListener("htmx:beforeSwap", (event) => {
  // A refusal is a part of the page, too.
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) event.detail.shouldSwap = event.detail.xhr.status !== 403;
});

// A statement dropped anywhere on its form, and how far the upload is.
document.addEventListener("dragover", (event) => {
  const form = event.target.closest?.("[data-drop]");
  if (form === null || form === undefined) return;
  event.preventDefault();
  form.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  const form = event.target.closest?.("[data-drop]");
  if (form === null || form === undefined) return;
  event.preventDefault();
  form.classList.remove("is-over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});
// The admin's script expects a text field of its own beside every file field, and fails without one.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) event.stopPropagation();
}, true);
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("[data-upload]");
  if (bar === null || bar === undefined || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = Math.round((event.detail.loaded / event.detail.total) * 100);
});

const PALETTE = ["#6260e6", "#0e9f8e", "#d97706", "#db2777", "#0284c7", "#65a30d"];
const charts = new Map();

function draw(name, config) {
  const canvas = document.querySelector(`[data-chart="${name}"]`);
  charts.get(name)?.destroy();
  charts.set(name, new Chart(canvas, config));
}

function bars(labels, datasets, stacked) {
  const dark = document.documentElement.classList.contains("dark");
  const ink = dark ? "#cbd5e1" : "#475569";
  const grid = dark ? "#ffffff14" : "#0f172a14";
  return {
    type: "bar",
    data: { labels, datasets },
    options: {
      maintainAspectRatio: false, animation: false,
      plugins: { legend: { display: datasets.length > 1, labels: { color: ink, boxWidth: 12 } } },
      scales: {
        x: { stacked, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false } },
        y: { stacked, beginAtZero: true, ticks: { color: ink, maxTicksLimit: 5 }, grid: { color: grid }, border: { display: false } },
      },
    },
  };
}

function table(name, buckets, currency) {
  const place = document.querySelector(`[data-table="${name}"]`);
  const made = document.createElement("table");
  made.className = "desk-table";
  for (const bucket of buckets) {
    const row = made.insertRow();
    for (const text of [bucket.name, String(bucket.count), `${bucket.amount} ${currency}`]) row.insertCell().textContent = text;
  }
  place.replaceChildren(made);
}

async function drawAll() {
  const home = document.querySelector("[data-figures]");
  const choice = document.querySelector("[data-currency]");
  if (home === null || choice === null) return;
  const answer = await fetch(`${home.dataset.figures}?currency=${encodeURIComponent(choice.value)}`);
  if (!answer.ok) return;
  const figures = await answer.json();
  const methods = Object.entries(figures.collected.methods);
  draw("collected", bars(figures.collected.days.map((day) => day.slice(5)), methods.map(([method, amounts], index) => (
    { label: method.replace("_", " "), data: amounts.map(Number), backgroundColor: PALETTE[index % PALETTE.length], borderRadius: 3 })), true));
  for (const name of ["awaiting", "overdue"]) {
    draw(name, bars(figures[name].map((bucket) => bucket.name), [{ label: "How many", data: figures[name].map((bucket) => bucket.count), backgroundColor: PALETTE[0], borderRadius: 3 }], false));
    table(name, figures[name], figures.currency);
  }
}

document.addEventListener("DOMContentLoaded", () => { markOpen(); drawAll(); });
