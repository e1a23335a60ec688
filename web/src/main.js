// Which screen is shown: the address after `#` says so, and going back works. Screens are made when first seen.
import { h, replace } from "./dom.js";
import { doc } from "./data.js";
import { chain } from "./chain.js";
import { compare } from "./compare.js";
import { evidence } from "./evidence.js";
import { issues } from "./issues.js";
import { map } from "./map.js";
import { overview } from "./overview.js";
import { count, moment } from "./words.js";

const SCREENS = [["overview", "Overview", overview], ["issues", "Issues", issues], ["map", "Map", map], ["chain", "Chain", chain], ["compare", "Compare", compare], ["evidence", "Evidence", evidence]];
const go = (where) => (location.hash = where);
const main = document.getElementById("main");
const made = new Map();

function show(focus) {
    const [name, ...rest] = location.hash.slice(1).split("/");
    const screen = SCREENS.find((s) => s[0] === name) ?? SCREENS[0];
    const argument = safely(rest.join("/"));
    for (const [id] of SCREENS) section(id).hidden = id !== screen[0];
    make(screen, argument);
    for (const a of document.querySelectorAll("nav a")) a.dataset.screen === screen[0] ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current");
    document.querySelector("nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) { scrollTo(0, 0); section(screen[0]).querySelector("h1")?.focus(); }
}

const safely = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
const section = (id) => document.getElementById(`screen-${id}`);

function make([id, , render], argument) {
    if (made.get(id) === argument) return;
    made.set(id, argument);
    replace(section(id), render(argument, go));
    section(id).querySelector("h1")?.setAttribute("tabindex", "-1");
}

function frame() {
    const { case: c, tool } = doc;
    replace(document.getElementById("head"), h("a", { class: "mark", href: "#overview" }, "forensics"), h("span", { class: "case" }, h("b", null, c.id), h("span", { class: "muted" }, c.window.starts_at ? ` ${moment(c.window.starts_at)} – ${moment(c.window.ends_at)} UTC` : "", ` ${[...c.accounts, ...c.regions].slice(0, 4).join(" ")}`)),
        h("nav", { "aria-label": "Screens" }, SCREENS.map(([id, title], n) => h("a", { href: `#${id}`, "data-screen": id, title: `Key ${n + 1}` }, title, id === "issues" ? h("span", { class: "pill" }, count(doc.sections.issues.total)) : null))),
        h("button", { type: "button", id: "theme", "aria-label": "Light or dark", title: "Light or dark (t)", onclick: turn }, "◐"), h("button", { type: "button", id: "keys", "aria-label": "Keys", title: "Keys (?)", onclick: () => help.showModal() }, "?"));
    replace(main, SCREENS.map(([id, title]) => h("section", { id: `screen-${id}`, class: "screen", "aria-label": title, hidden: true })));
    replace(document.getElementById("foot"), `${tool.name} ${tool.version} · nothing in this file asks anything of a network · `, h("a", { href: "#evidence" }, "how to check it"));
}

const help = h("dialog", { "aria-labelledby": "help-title" }, h("h2", { id: "help-title" }, "Keys"), h("dl", { class: "facts" }, [["1 – 6", "screens"], ["/", "search this screen"], ["t", "light or dark"], ["↑ ↓ or j k", "issues and rows"], ["→ ←", "open and close rows of a chain"], ["n p", "next and previous step of the walk, in the waterfall"], ["?", "this"], ["Esc", "close"]].map(([key, text]) => h("div", null, h("dt", null, key), h("dd", null, text)))), h("form", { method: "dialog" }, h("button", null, "Close")));

function turn() {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (document.documentElement.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "light" : "dark";
}

function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const screen = SCREENS[Number(event.key) - 1];
    if (screen) go(screen[0]);
    else if (event.key === "/") document.querySelector(".screen:not([hidden]) input[type=search], .screen:not([hidden]) select")?.focus();
    else if (event.key === "t") turn();
    else if (event.key === "?") help.showModal();
    else return;
    event.preventDefault();
}

// On paper there are no screens to switch: all of them, one after the other.
function print() {
    for (const screen of SCREENS) { if (!made.has(screen[0])) make(screen, ""); section(screen[0]).hidden = false; }
    document.querySelectorAll("details").forEach((d) => (d.open = true));
}

frame();
document.body.append(help);
addEventListener("hashchange", () => show(true));
addEventListener("keydown", key);
addEventListener("beforeprint", print);
addEventListener("afterprint", () => show(false));
show(false);
document.documentElement.dataset.ready = "yes";
