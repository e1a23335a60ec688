// Elements are made here and nowhere else. Text of strangers only ever becomes a text node or an attribute
// that no browser runs or fetches.

import { page } from "./data.js";

const SVG = "http://www.w3.org/2000/svg";
// Controls, bidi overrides, marks that nobody sees: shown as what they are, as on a terminal.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export const visible = (text) =>
    String(text).replace(HIDDEN, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

export function h(tag, props, ...children) {
    return fill(document.createElement(tag), props, children);
}

export function svg(tag, props, ...children) {
    return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
    for (const [name, value] of Object.entries(props ?? {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (name === "style") Object.entries(value).forEach(([key, to]) => element.style.setProperty(key, to));
        else element.setAttribute(name, value === true ? "" : visible(value));
    }
    element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false)
        .map((c) => (c instanceof Node ? c : document.createTextNode(visible(c)))));
    return element;
}

export function replace(element, ...children) {
    element.replaceChildren();
    return fill(element, null, children);
}

// A command to paste, with a button that does it; the case is that of whoever made the file.
export function command(said) {
    const text = said.startsWith("forensics ") ? said + page.case : said;
    const button = h("button", { class: "copy", type: "button", "aria-label": `Copy: ${text}` }, "Copy");
    button.addEventListener("click", async () => {
        button.textContent = (await copied(text)) ? "Copied" : "Select it";
        setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    return h("div", { class: "command" }, h("code", { tabindex: 0 }, text), button);
}

async function copied(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return false; // a file opened from disk may not be allowed to
    }
}

export function link(address, ...children) {
    return /^https:\/\/[a-z0-9-]+\.console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)\//.test(address ?? "")
        ? h("a", { href: address, target: "_blank", rel: "noreferrer noopener", class: "away" }, ...children)
        : null;
}
