// Every claim to its record: what says so, how it is found again, and how the evidence is checked.
import { command, h, link } from "./dom.js";
import { doc, failure, issue as issueOf, record } from "./data.js";
import { band, category, empty, node } from "./parts.js";
import { count, moment, plural, words } from "./words.js";

export const place = (l) => l.source === "segment_document" ? `segment ${l.segment_id} of trace ${l.trace_id}` : l.log_group ? `${l.log_group}, event ${l.event_id}` : `${words(l.source)} ${l.event_id ?? ""}`;

export function openRecord(locator) {
    const found = record(locator);
    return found ? h("div", { class: "open" }, [...new Set([found.command, found.query])].filter(Boolean).map(command), link(found.console, "In the AWS console")) : null;
}

export function evidence(id, go) {
    const { case: c, coverage, tool } = doc;
    const chosen = issueOf(id) ?? doc.issues[0];
    return [h("h1", null, "Evidence"), chosen ? claims(chosen, go) : empty("No failure, so nothing is claimed."), absorbed(),
        h("section", null, h("h2", null, "What was read"), h("dl", { class: "facts" },
            [["window", c.window.starts_at ? `${moment(c.window.starts_at)} – ${moment(c.window.ends_at)} UTC` : "empty"], ["accounts", c.accounts.join(", ") || "not recorded"], ["regions", c.regions.join(", ") || "not recorded"], ["log events", count(coverage.log_events)], ["traces", `${count(coverage.traces)} (${count(coverage.spans)} spans)`], ["invocations", `${count(coverage.invocations)}, ${count(coverage.untraced_invocations)} without a trace`], ["chains", count(coverage.chains)], ["datapoints", count(coverage.datapoints)], ["records of changes", count(coverage.changes)],
                ["broken records", Object.entries(coverage.warnings).map(([s, n]) => `${count(n)} ${s}`).join(", ") || "none"], ["clock skew", coverage.clock_skew.length ? coverage.clock_skew.map((s) => `${s.node} ${s.offset_ms} ms`).join(", ") : "not estimated: each node's times are its own clock's"]].map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))))),
        sampling(coverage), gaps(coverage),
        h("section", null, h("h2", null, "Check it"), h("p", null, "This report was made by ", h("b", null, `${tool.name} ${tool.version}`), ` from case ${c.id}. The hash below is that of the case's manifest, which names every file of its evidence with its own. When the report was written, every file had the size and the time with which it was committed, or else the same hash; the commands hash all of them.`), h("p", null, h("code", { class: "hash" }, c.manifest_sha256 || "no manifest")), ["forensics verify", "sha256sum -c manifest-sha256.txt"].map(command))];
}

function claims(chosen, go) {
    const example = failure(chosen.examples[0]);
    const select = h("select", { id: "evidence-picker", "aria-label": "Which issue", onchange: () => go(`evidence/${select.value}`) }, doc.issues.map((i) => h("option", { value: i.id, selected: i === chosen }, i.title.slice(0, 100))));
    if (!example) return [select, empty("Its verdict is not held here: forensics why shows it.")];
    const cause = example.root_cause;
    return [select, h("p", { class: "who" }, node(cause.node), category(cause.category), band(cause.band, cause.confidence), h("code", null, example.id)), h("p", { class: "sentence" }, cause.explanation),
        h("ol", { class: "claims" }, example.evidence.map((e) => h("li", null, h("p", { class: "claim" }, e.claim), h("p", { class: "small" }, "Rule ", h("code", null, e.rule), " · ", place(e.locator)),
            e.excerpt ? h("pre", { tabindex: 0 }, e.excerpt) : null, openRecord(e.locator))))];
}

function absorbed() {
    if (!doc.absorbed.length) return null;
    return h("section", null, h("h2", null, "Absorbed errors"), h("p", { class: "small" }, "Caught, handled or retried to success: no failures, and never silent."), h("ul", { class: "plain" }, doc.absorbed.slice(0, 30).map((a) => h("li", null, h("b", null, `${count(a.count)} × `), node(a.node), category(a.category), ` handled by ${a.handler.name || "a later attempt"}`))));
}

const sampling = (coverage) => coverage.sampling.length ? h("section", null, h("h2", null, "Traced share"), h("ul", { class: "plain columns" }, coverage.sampling.slice(0, 60).map((s) => h("li", null, s.node, " ", h("b", null, `${Math.round(s.share * 100)} %`))))) : null;

function gaps(coverage) {
    const { shown, total } = doc.sections.gaps;
    if (!total) return h("section", null, h("h2", null, "Gaps"), h("p", null, "None is known."));
    const list = Map.groupBy(coverage.gaps, (g) => g.reason);
    return h("section", null, h("h2", null, `Gaps (${count(total)})`), h("ul", { class: "plain" }, [...list].slice(0, 40).map(([reason, found]) => h("li", null, h("b", null, found[0].what), found.length > 1 ? ` and ${found.length - 1} more` : "", `: ${reason}`, found.some((g) => g.closable) ? h("span", { class: "tag" }, "another run could close it") : null))), shown < total ? h("p", { class: "small" }, "All: forensics sql 'from lake.gap'") : null);
}
