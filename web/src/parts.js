// Pieces that several screens share.
import { h, svg } from "./dom.js";
import { at, doc } from "./data.js";
import { clock, count, day, kind, moment, plural, ROLES, SIGNS, took, words } from "./words.js";

export const node = (n, extra) => h("span", { class: "node" }, h("b", null, n.name || "(no name)"),
    n.kind ? h("span", { class: "kind" }, kind(n.kind)) : null, extra);

export const role = (name) => h("span", { class: `role ${name ?? "none"}`, title: ROLES[name] ?? "" },
    h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[name] ?? " "), name ?? "");

export const band = (name, confidence) => h("span", { class: `band ${name}`,
    title: "proven: every step has an exact record; likely and possible: some step only fits" },
    name, confidence === undefined ? null : h("span", { class: "muted" }, ` ${confidence.toFixed(2)}`));

export const state = (issue) => {
    const [name, word] = issue.ongoing ? ["on", "Going on"] : issue.course?.startsWith("over") ? ["over", "Over"] : ["open", "Not known to be over"];
    return h("span", { class: `state ${name}` }, h("span", { "aria-hidden": "true" }, name === "on" ? "▶ " : name === "over" ? "✓ " : "? "), word);
};

export const when = (iso) => h("time", { datetime: iso, title: `${iso} (UTC)` },
    day(iso) === day(doc.case.window.starts_at) && day(iso) === day(doc.case.window.ends_at) ? clock(iso) : moment(iso));

export function since(start, end) {
    if (!start) return ["at a time that no record tells"];
    if (!end || start === end) return [when(start), " UTC"];
    return [when(start), " – ", when(end), " UTC", h("span", { class: "muted" }, ` (${took(at(end) - at(start))})`)];
}

// The chain as a line: who, in which role, handed over (⇢) or called (→).
export const strip = (steps) => h("ol", { class: "strip", "aria-label": "The chain, entry first" }, steps.map((step) =>
    h("li", { class: step.edge?.kind === "link" ? "handed" : "" },
        step.edge ? h("span", { class: "arrow", title: step.edge.kind === "link" ? "handed over" : "called",
            "aria-label": step.edge.kind === "link" ? "handed over to" : "called", role: "img" }, step.edge.kind === "link" ? "⇢" : "→") : null,
        h("span", { class: `step ${step.role}` },
            h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[step.role] ?? "·"), h("b", null, step.node.name),
            h("span", { class: "small" }, `${step.role}, ${step.status}`,
                step.duration_ms === null ? "" : `, ${took(step.duration_ms)}`)))));

// Some of what was before and after, as far as the case reaches: else three bars say nothing of a beginning.
export function around(list, size = 60_000) {
    const starts = list.map((r) => at(r.starts_at));
    return extent(starts[0], starts.at(-1) + size, size);
}

function extent(first, last, size) {
    const room = (Math.max(0, 30 - (last - first) / size) / 2) * size;
    const window = doc.case.window;
    return [Math.max(first - room, Math.min(first, at(window.starts_at) ?? first)), Math.min(last + room, Math.max(last, at(window.ends_at) ?? last))];
}

// Failures over time as bars. The text beside it says the same.
export function rate(list, { width = 260, height = 44, label = true, bounds, name = "Failures", say = (n) => plural(n, "failure") } = {}) {
    if (!list.length) return null;
    const starts = list.map((r) => at(r.starts_at));
    const step = Math.max(60_000, Math.min(...starts.slice(1).map((t, n) => t - starts[n]), Infinity) || 60_000);
    const size = step === Infinity ? 60_000 : step;
    const [low, high] = bounds ?? extent(starts[0], starts.at(-1) + size, size);
    const most = Math.max(...list.map((r) => r.failures));
    const x = (t) => ((t - low) / (high - low)) * width;
    const bars = list.map((r, n) => svg("rect", { x: x(starts[n]).toFixed(2), width: Math.max(1.5, x(low + size) - 1).toFixed(2),
        y: (height - (r.failures / most) * (height - 2)).toFixed(2), height: ((r.failures / most) * (height - 2)).toFixed(2) },
        svg("title", null, `${moment(r.starts_at)} UTC: ${say(r.failures)}`)));
    const told = `${name} over time: at most ${count(most)} in ${took(size)}`;
    const picture = svg("svg", { class: name === "Failures" ? "rate" : "rate measured", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": told },
        svg("line", { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5 }), bars);
    return label ? h("figure", { class: "chart" }, picture, h("figcaption", { class: "small" }, `${told}`)) : picture;
}

export const empty = (text) => h("p", { class: "empty" }, text);
export const category = (text) => h("span", { class: "category" }, words(text));
