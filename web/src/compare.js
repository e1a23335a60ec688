// What differs: a failing chain beside a healthy one, and the minutes of an issue beside those before.
import { h } from "./dom.js";
import { doc, issue as issueOf, page, storyOf } from "./data.js";
import { contrast } from "./issues.js";
import { empty, node, role, when } from "./parts.js";
import { count, took } from "./words.js";

export function compare(id, go) {
    const chosen = issueOf(id) ?? doc.issues[0];
    const beside = page.pairs.find((p) => p.issue === chosen?.id);
    const minutes = page.windows.find((w) => w.issue === chosen?.id);
    return [h("h1", null, "Compare"), chosen ? picker(chosen, go) : null,
        h("section", null, h("h2", null, "A failing chain beside a healthy one"), beside ? pair(beside) : empty(missing(chosen, page.pairs, "No healthy chain entered at the same node: there is nothing to hold the failing ones against."))),
        h("section", null, h("h2", null, "Two windows"), minutes ? windows(minutes.difference) : empty(missing(chosen, page.windows, "No chain began in as many minutes before the issue as it lasted. Two windows of your own: forensics diff --good A/B --bad C/D."))),
        doc.suspects.length ? suspects() : null];
}

// Only the first issues are compared here: an issue behind them is not one without.
function missing(chosen, list, text) {
    if (!chosen) return "No failure in this window, so nothing to compare.";
    const last = Math.max(-1, ...list.map((x) => doc.issues.findIndex((i) => i.id === x.issue)));
    return last >= 0 && doc.issues.indexOf(chosen) > last ? "Not held here for this issue: forensics diff --good A/B --bad C/D compares its minutes." : text;
}

function picker(chosen, go) {
    const select = h("select", { id: "pair-picker", "aria-label": "Which issue", onchange: () => go(`compare/${select.value}`) }, doc.issues.map((i) => h("option", { value: i.id, selected: i === chosen }, i.title.slice(0, 100))));
    return select;
}

function pair(p) {
    const [bad, good] = [storyOf(p.failing), storyOf(p.healthy)];
    const most = Math.max(...p.steps.flatMap((s) => [s.failing?.duration_ms ?? 0, s.healthy?.duration_ms ?? 0]), 1);
    const side = (s, name) => s ? h("td", null, h("div", { class: `measure ${name === "failing" && !s.failed ? "plain" : name}` }, h("span", { class: "fill", style: { width: `${Math.max(0.5, ((s.duration_ms ?? 0) / most) * 100)}%` } })), h("span", { class: "small" }, took(s.duration_ms) || "no time", s.invocations > 1 ? `, ${count(s.invocations)} times` : "", s.failed ? h("b", { class: "bad" }, `, ✕ ${count(s.failed)} failed`) : "")) : h("td", null, h("span", { class: "missing" }, "not there"));
    const verdict = (s) => !s.healthy ? "only when failing" : !s.failing ? "missing when failing" : s.failing.failed && !s.healthy.failed ? "fails" : s.failing.duration_ms > 2 * s.healthy.duration_ms && s.failing.duration_ms - s.healthy.duration_ms > 10 ? `${(s.failing.duration_ms / s.healthy.duration_ms).toFixed(1)} × as long` : "";
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Failing beside healthy" }, h("table", { class: "pair" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "Node"), h("th", { scope: "col" }, "Failing ", bad ? h("a", { href: `#chain/${bad.failure}` }, took(bad.duration_ms)) : null), h("th", { scope: "col" }, "Healthy ", good ? h("a", { href: `#chain/${encodeURIComponent(good.chain)}` }, took(good.duration_ms)) : null), h("th", { scope: "col" }, "Differs"))),
        h("tbody", null, p.steps.map((s) => h("tr", { class: s.failing?.failed ? "failed" : "" }, h("th", { scope: "row" }, s.role ? role(s.role) : null, node(s.node)), side(s.failing, "failing"), side(s.healthy, "healthy"), h("td", null, verdict(s)))))));
}

function windows(d) {
    const row = (name, pick) => h("tr", null, h("th", { scope: "row" }, name), h("td", null, pick(d.good)), h("td", null, pick(d.bad)));
    const span = (w) => [when(w.window.starts_at), " – ", when(w.window.ends_at)];
    return [h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Two windows" }, h("table", null, h("thead", null, h("tr", null, h("th", null, h("span", { class: "small" }, "UTC")), h("th", { scope: "col" }, "Before it ", span(d.good)), h("th", { scope: "col" }, "Its own ", span(d.bad)))),
        h("tbody", null, row("chains", (w) => count(w.chains)), row("failed", (w) => `${count(w.failed)} (${w.chains ? Math.round((w.failed / w.chains) * 100) : 0} %)`), row("median", (w) => took(w.p50_ms)), row("99 %", (w) => took(w.p99_ms))))),
        h("h3", null, "What the chains of those minutes have in common"), d.contrast.length ? contrast(d.contrast) : empty("Nothing that the chains before had not as well.")];
}

const suspects = () => h("section", null, h("h2", null, "Nodes that behave otherwise than in the baseline"), h("ol", { class: "plain" }, doc.suspects.slice(0, 15).map((s) => h("li", null, node(s.node), ` ${s.score.toFixed(2)} `, h("span", { class: "small" }, s.reasons.join("; "))))));
