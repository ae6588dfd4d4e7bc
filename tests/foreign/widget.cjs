// Loads Atlassian's widget, unmodified, into a page of its own and prints what it shows as JSON.
// Arguments: folder with node_modules, address of the status page.
const path = require("node:path");
const fs = require("node:fs");

const [modules, address] = process.argv.slice(2);
const { JSDOM, VirtualConsole } = require(path.join(modules, "jsdom"));
const widget = fs.readFileSync(path.join(modules, "@statuspage/status-widget/dist/src.77de5100.js"), "utf8");

const complaints = [];
const log = new VirtualConsole();
log.on("jsdomError", (error) => complaints.push(String(error.message)));

const html = `<!doctype html><statuspage-widget src="${address}"></statuspage-widget>
<statuspage-widget src="${address}" appearance="badge" title="larkspur"></statuspage-widget>`;
// The page stands on another origin than the data, as it does for everyone who embeds the widget.
const { window } = new JSDOM(html, {
  url: "http://shop.localhost/",
  runScripts: "dangerously",
  pretendToBeVisual: true,
  virtualConsole: log,
});
window.eval(widget);

const shown = () =>
  [...window.document.querySelectorAll("statuspage-widget")].map((element) => {
    const root = element.shadowRoot;
    const indicator = root && root.querySelector(".status-indicator");
    return {
      indicator: indicator ? indicator.className.replace("status-indicator", "").trim() : "",
      text: root ? [...root.querySelectorAll("a div div, a div")].map((e) => e.textContent.trim()) : [],
      link: root && root.querySelector("a") ? root.querySelector("a").getAttribute("href") : "",
    };
  });

const until = Date.now() + 20000;
const timer = setInterval(() => {
  const found = shown();
  if (found.every((each) => each.indicator) || Date.now() > until) {
    clearInterval(timer);
    console.log(JSON.stringify({ shown: found, complaints }));
    process.exit(0);
  }
}, 50);
