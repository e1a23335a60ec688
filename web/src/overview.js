// The first screen: what users see, since when, why, what it cost, what would overturn it, what to do next.
import { command, h, svg } from "./dom.js";
import { at, doc, failure, issue as issueOf, storyOf } from "./data.js";
import { around, band, category, node, rate, role, since, state, strip, when } from "./parts.js";
import { clock, count, MARKS, plural, words } from "./words.js";

export function overview() {
    const s = doc.summary;
    if (!s) return [h("h1", null, "No failure was found"), h("p", null, "Nothing in this window ended badly, as far as its records tell."),
        unseen(), timeline()];
    const issue = issueOf(s.issue);
    return [
        h("div", { class: "answer" },
            h("div", { class: "main" }, sees(s, issue), origin(s, issue), rejected(s)),
            h("div", { class: "side" }, impact(s), change(s), unseen(), next(s))),
        timeline(), ranked()];
}

function sees(s, issue) {
    const first = issue.shown_at[0];
    const others = issue.shown_at.length - 1;
    return h("section", { class: "sees" },
        h("p", { class: "eyebrow" }, "What users see", state(s)),
        h("h1", null, first ? [first.node.name, h("span", { class: "said" }, first.message ?? words(first.kind))] : s.sees),
        h("p", { class: "since" }, since(s.since, s.last_seen), others > 0 ? h("span", { class: "muted" }, `, and in ${plural(others, "other place")}`) : null),
        rate(issue.rate, { width: 640, height: 40, bounds: bounds(s, issue) }),
        measured(s, issue),
        h("p", { class: "small" }, s.course ? s.course[0].toUpperCase() + s.course.slice(1) + "." : ""));
}

// The metric's line below the failures, on the same axis: a second witness of when it began and whether it goes on.
const bounds = (s, issue) => {
    if (!s.measured || !issue.rate.length) return undefined;
    const [own, all] = [around(issue.rate), around(s.measured.points, s.measured.period_s * 1000)];
    return [Math.min(own[0], all[0]), Math.max(own[1], all[1])];
};

function measured(s, issue) {
    if (!s.measured) return null;
    const m = s.measured;
    const list = m.points.map((p) => ({ starts_at: p.starts_at, failures: p.value }));
    return [rate(list, { width: 640, height: 40, bounds: bounds(s, issue), name: `${m.namespace} ${m.metric} of ${m.node}`, say: (n) => `${count(n)} ${m.metric}` }), h("p", { class: "small" }, `${m.told}.`)];
}

function origin(s, issue) {
    const example = failure(issue.examples[0]);
    return h("section", { class: "origin" },
        h("h2", null, "Where it began"),
        h("p", { class: "who" }, role("origin"), node(s.node), category(issue.category), band(s.band, s.confidence)),
        h("p", { class: "sentence" }, s.origin),
        example ? strip(example.chain) : null,
        h("p", { class: "ways" }, h("a", { href: `#issues/${issue.id}` }, "The whole issue"),
            example && storyOf(example.chain_id) ? h("a", { href: `#chain/${example.id}` }, "The chain, step by step") : null,
            h("a", { href: `#evidence/${issue.id}` }, "Every record behind it")));
}

function rejected(s) {
    if (!s.rejected) return h("section", { class: "rejected" }, h("h2", null, "Best other explanation"), h("p", null, "No other explanation came up."));
    return h("section", { class: "rejected" }, h("h2", null, "Best other explanation, rejected"),
        h("p", { class: "who" }, node(s.rejected.node), category(s.rejected.category)), h("p", null, "Why not: ", s.rejected.why_rejected));
}

const impact = (s) => h("section", null, h("h2", null, "Impact"), h("dl", { class: "impact" }, s.impact.map((i) =>
    h("div", null, h("dt", null, i.what), h("dd", null, h("b", null, count(i.count)), i.note ? h("span", { class: "small" }, i.note) : null)))));

const change = (s) => h("section", null, h("h2", null, "Last change before it"),
    s.change ? h("p", null, when(s.change.occurred_at), " ", s.change.text) : h("p", null, s.change_note[0].toUpperCase() + s.change_note.slice(1), "."));

function unseen() {
    const lines = doc.unseen;
    return h("section", null, h("h2", null, "Not seen, and could overturn this"),
        lines.length ? h("ul", { class: "plain" }, lines.map((l) => h("li", null, l)))
            : h("p", null, "No gap is known: all that was asked for came, and every invocation left a trace."),
        h("p", { class: "small checked" }, "The evidence's files were those committed, by size and time, when this was written; ", h("a", { href: "#evidence" }, "forensics verify"), " hashes them."));
}

const next = (s) => h("section", { class: "next" }, h("h2", null, "Next"), s.next_commands.map(command));

function timeline() {
    if (!doc.timeline.length) return null;
    return h("section", { class: "timeline" }, h("h2", null, "Timeline"), picture(), h("ol", { class: "events" }, doc.timeline.map((e) =>
        h("li", { class: e.kind }, when(e.occurred_at), h("span", { class: "mark" }, h("span", { "aria-hidden": "true" }, MARKS[e.kind] ?? "•"), e.kind),
            h("span", { class: "text" }, e.text), e.node ? h("span", { class: "small" }, e.node.name) : null))));
}

// One lane per issue (its failures over time), one for changes and one for alarms.
function picture() {
    const [low, high] = [at(doc.case.window.starts_at), at(doc.case.window.ends_at)];
    if (!low || !high || high <= low) return null;
    const lanes = doc.issues.slice(0, 6).filter((i) => i.rate.length);
    const points = { change: doc.timeline.filter((e) => e.kind === "change" || e.kind === "mitigation"), alarm: doc.timeline.filter((e) => e.kind === "alarm") };
    const place = (iso) => `${Math.max(0, Math.min(100, ((at(iso) - low) / (high - low)) * 100))}%`;
    const dots = (name) => points[name].length ? h("div", { class: "lane" }, h("span", { class: "name" }, `${name}s`), h("div", { class: "track" },
        points[name].map((e) => h("span", { class: `dot ${e.kind}`, style: { left: place(e.occurred_at) }, title: `${clock(e.occurred_at)} ${e.text}` }, MARKS[e.kind])))) : null;
    return h("div", { class: "lanes", "aria-hidden": "true" }, dots("change"),
        lanes.map((i) => h("div", { class: "lane" }, h("span", { class: "name", title: i.title }, i.node.name), h("div", { class: "track" }, rate(i.rate, { width: 1000, height: 26, label: false, bounds: [low, high] })))),
        dots("alarm"), h("div", { class: "lane axis" }, h("span", { class: "name" }, "UTC"), h("div", { class: "track" }, [0, 0.25, 0.5, 0.75, 1].map((p) =>
            h("span", { class: "tick", style: { left: `${p * 100}%` } }, clock(new Date(low + p * (high - low)).toISOString()))))));
}

function ranked() {
    const total = doc.sections.issues.total;
    return h("section", null, h("h2", null, `All issues, those with most failures first (${count(total)})`),
        h("ol", { class: "ranked" }, doc.issues.slice(0, 20).map((i) => h("li", null,
            h("a", { href: `#issues/${i.id}` }, h("b", null, i.title)), h("span", { class: "count" }, plural(i.failures, "failure")), state(i), rate(i.rate, { width: 120, height: 20, label: false })))),
        total > 20 ? h("p", null, h("a", { href: "#issues" }, `All ${count(doc.issues.length)} shown`)) : null);
}
