// Issues, ranked: the list, and one of them in full.
import { command, h, replace } from "./dom.js";
import { at, doc, failure, failures, issue as issueOf, storyOf } from "./data.js";
import { band, category, empty, node, rate, since, state, strip, when } from "./parts.js";
import { clock, count, plural, took, words } from "./words.js";

let filter = "";

export function issues(id, go) {
    if (!doc.issues.length) return [h("h1", null, "Issues"), empty("No failure in this window.")];
    const about = new URLSearchParams(id?.startsWith("node=") ? id : "").get("node");
    if (about !== null) filter = about;
    const list = h("ol", { class: "issue-list" });
    const search = h("input", { type: "search", id: "issue-search", value: filter, placeholder: "Node, category, text", "aria-label": "Search issues",
        oninput: () => { filter = search.value; draw(); } });
    const chosen = issueOf(id) ?? matching()[0] ?? doc.issues[0];
    const draw = () => replace(list, matching().map((i) => item(i, chosen)));
    list.addEventListener("keydown", (e) => move(e, list));
    draw();
    const { shown, total } = doc.sections.issues;
    return [h("h1", null, "Issues"), h("div", { class: "split" },
        h("div", { class: "master" }, search, list, shown < total ? h("p", { class: "small" }, `${count(shown)} of ${count(total)} shown: forensics report -o json has all.`) : null),
        h("article", { class: "detail", id: "issue-detail" }, detail(chosen)))];
}

const matching = () => {
    const wanted = filter.trim().toLowerCase();
    return doc.issues.filter((i) => !wanted || [i.title, i.category, i.node.name, i.explanation, ...i.blast_radius.nodes].join("\n").toLowerCase().includes(wanted));
};

const item = (i, chosen) => h("li", null, h("a", { href: `#issues/${i.id}`, "aria-current": i === chosen ? "true" : null },
    h("span", { class: "top" }, h("b", null, i.node.name || "(no name)"), h("span", { class: "count" }, count(i.failures))),
    h("span", { class: "small" }, i.title), rate(i.rate, { width: 200, height: 18, label: false })));

function move(event, list) {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (!step) return;
    const links = [...list.querySelectorAll("a")];
    links[links.indexOf(document.activeElement) + step]?.focus();
    event.preventDefault();
}

function detail(i) {
    const example = failure(i.examples[0]);
    const reach = i.blast_radius;
    return [
        h("p", { class: "who" }, node(i.node), category(i.category), example ? band(example.root_cause.band, example.root_cause.confidence) : null, state(i)),
        h("h2", { class: "big" }, i.title),
        h("p", { class: "since" }, since(i.onset, i.last_seen)),
        h("p", { class: "sentence" }, i.explanation),
        example ? strip(example.chain) : null,
        block("Over time", rate(i.rate, { width: 720, height: 70 })),
        i.shown_at.length ? block("Where it showed", h("ul", { class: "plain" }, i.shown_at.slice(0, 12).map((s) =>
            h("li", null, node(s.node), " ", s.message ?? words(s.kind), h("span", { class: "small" }, ` ${plural(s.failures, "failure")}`))))) : null,
        i.frames.length ? block("Exception", frames(i.frames)) : null,
        block("What differs from healthy chains", i.contrast.length ? contrast(i.contrast) : empty("Nothing that sets failing chains apart, or too few to tell.")),
        block("Change before it", i.trigger ? h("p", null, when(i.trigger.occurred_at), " ", i.trigger.text) : empty(doc.coverage.changes ? `None was found, among ${plural(doc.coverage.changes, "record")} of changes.` : "No record of changes was collected.")),
        example?.alternatives.length ? block("Rejected explanations", h("ul", { class: "plain" }, example.alternatives.map((a) =>
            h("li", null, node(a.node), category(a.category), " ", a.why_rejected)))) : null,
        example?.root_cause.contributing.length ? block("What contributed", h("ul", { class: "plain" }, example.root_cause.contributing.map((c) => h("li", null, c)))) : null,
        block("Reach and waste", h("dl", { class: "facts" },
            fact("chains", (reach.at_least ? "at least " : "") + count(reach.chains)), fact("invocations", count(reach.invocations)), fact("messages", count(reach.messages)),
            fact("entered at", reach.entry_points.join(", ") || "not known"), fact("nodes that failed", reach.nodes.join(", ")),
            fact("run time wasted", took(reach.wasted_ms)), reach.wasted_usd === null ? null : fact("cost", `$${reach.wasted_usd}`))),
        block("Next", [h("ul", { class: "plain" }, i.next_steps.map((s) => h("li", null, s))), i.next_commands.map(command)]),
        block("Failures", examples(i)),
        h("p", { class: "ways" }, h("a", { href: `#evidence/${i.id}` }, "Every record behind the verdict"), h("a", { href: `#compare/${i.id}` }, "Beside a healthy chain"))];
}

const block = (title, content) => h("section", null, h("h3", null, title), content);
const fact = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));

function frames(list) {
    const own = list.filter((f) => f.in_app), rest = list.filter((f) => !f.in_app);
    const line = (f) => h("li", { class: f.in_app ? "own" : "" }, h("code", null, `${f.path}${f.line === null ? "" : `:${f.line}`}`), h("span", { class: "small" }, f.label));
    return [h("ol", { class: "frames" }, (own.length ? own : list).map(line)),
        own.length && rest.length ? h("details", null, h("summary", null, `${plural(rest.length, "frame")} of libraries and the runtime`), h("ol", { class: "frames" }, rest.map(line))) : null];
}

export const contrast = (list) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "What differs" }, h("table", null,
    h("thead", null, h("tr", null, ["What", "Value", "Lift", "Failing", "Healthy"].map((t, n) => h("th", { scope: "col", class: n > 1 ? "n" : "" }, t)))),
    h("tbody", null, list.map((c) => h("tr", null, h("td", null, c.dimension), h("td", null, h("code", null, c.value)), h("td", { class: "n" }, `${+c.lift.toFixed(1)} ×`), h("td", { class: "n" }, count(c.failing)), h("td", { class: "n" }, count(c.healthy)))))));

function examples(i) {
    const held = failures().filter((f) => f.issue === i.id);
    const most = 50;
    return [h("ul", { class: "examples" }, held.slice(0, most).map((f) => h("li", null,
        f.failed_at ? when(f.failed_at) : h("span", null, "no time"), " ",
        storyOf(f.chain_id) && f.id ? h("a", { href: `#chain/${f.id}` }, f.id) : h("code", null, f.id), h("span", { class: "small" }, f.symptom.message ?? words(f.symptom.kind))))),
        i.failures > Math.min(most, held.length) ? h("p", { class: "small" }, `${count(Math.min(most, held.length))} of ${count(i.failures)} listed. A chain that this file does not draw: forensics why ID.`) : null];
}
