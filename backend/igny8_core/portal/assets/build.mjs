// Copies what the pages use out of the packages: scripts, fonts and one file of icons. `make css` runs it after Tailwind.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const OUT = "../static/portal";
const FONTS = [
  ["inter", "inter-latin-wght-normal.woff2"],
  ["inter", "inter-latin-ext-wght-normal.woff2"],
  ["noto-naskh-arabic", "noto-naskh-arabic-arabic-wght-normal.woff2"],
];
const ICONS = [
  "house", "file-text", "arrow-left-right", "coins", "wallet", "users", "key-round", "settings", "menu", "log-out",
  "copy", "check", "chevron-right", "chevron-left", "circle-alert", "circle-check", "clock", "circle-x", "upload",
  "camera", "sun", "moon", "monitor", "globe", "plus", "trash-2", "star", "pencil", "landmark", "smartphone",
  "credit-card", "receipt", "scroll-text", "shield-check", "shield", "qr-code", "info", "ban", "undo-2", "ellipsis",
  "download", "calendar", "package", "paperclip", "triangle-alert", "user-round", "fingerprint",
];

mkdirSync(`${OUT}/fonts`, { recursive: true });
copyFileSync("node_modules/htmx.org/dist/htmx.min.js", `${OUT}/htmx.min.js`);
copyFileSync("node_modules/@alpinejs/csp/dist/cdn.min.js", `${OUT}/alpine.min.js`);
copyFileSync("node_modules/axe-core/axe.min.js", "../../../tests/browser/axe.min.js");
for (const [family, file] of FONTS) {
  copyFileSync(`node_modules/@fontsource-variable/${family}/files/${file}`, `${OUT}/fonts/${file}`);
}
const symbols = ICONS.map((name) => {
  const svg = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const inner = svg.replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1].replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
writeFileSync(`${OUT}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
