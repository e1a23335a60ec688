// One chain as a waterfall: rows of spans with lines of logs between them, and the walk beside it.
// Only rows in view are in the page, so that 10,000 spans scroll like ten.
import { h, replace } from "./dom.js";
import { doc, failure, page, record, story, storyOf } from "./data.js";
import { axis } from "./axis.js";
import { band, category, empty, node, role, strip, when } from "./parts.js";
import { openRecord, place } from "./evidence.js";
import { count, kind, plural, ROLES, SIGNS, took, words } from "./words.js";

const ROW = 28;
const AROUND = 12;
const PRINTED = 400;

export function chain(id, go) {
    if (!page.stories.length) return [h("h1", null, "Chain"), empty("No chain is held: forensics trace ID draws one.")];
    const found = page.stories.find((s) => s.failure === id || s.chain === id) ?? page.stories[0];
    const told = story(page.stories.indexOf(found));
    const verdict = found.failure ? failure(found.failure) : null;
    const view = new Waterfall(told, verdict);
    return [
        h("h1", null, "Chain"),
        h("div", { class: "bar-top" }, picker(found, go), h("p", { class: "facts-line" },
            found.failure ? null : h("span", { class: found.status === "ok" ? "tag good" : "tag" }, found.status === "ok" ? "healthy" : "no failure is known"), `${took(found.duration_ms)}, ${plural(told.sections.rows.total, "row")}, `,
            plural(told.sections.lines.total, "log line"), `, entered at ${found.entry.name}, `, found.started_at ? [when(found.started_at), " UTC"] : "no time")),
        verdict ? h("p", { class: "sentence" }, verdict.root_cause.explanation) : null,
        verdict ? strip(verdict.chain) : null,
        h("div", { class: "chain-view" }, h("div", { class: "waterfall-box" }, view.controls(), view.element, view.details, breakdown(told)), h("aside", { class: "side-pane", "aria-label": "From symptom to origin" }, view.walk())),
        cut(told), notes(told)];
}

function picker(found, go) {
    const select = h("select", { id: "chain-picker", "aria-label": "Which chain", onchange: () => go(`chain/${select.value}`) });
    const issues = Map.groupBy(page.stories, (s) => s.issue ?? "");
    for (const [id, list] of issues) {
        const title = id ? doc.issues.find((i) => i.id === id)?.title : "Without a failure";
        select.append(h("optgroup", { label: (title ?? id).slice(0, 90) }, list.map((s) =>
            h("option", { value: s.failure ?? s.chain, selected: s === found }, `${s.failure ?? s.chain} (${took(s.duration_ms)})`))));
    }
    return select;
}

const cut = (told) => {
    const { rows, lines } = told.sections;
    const short = [rows, lines].some((s) => s.shown < s.total);
    return short ? h("p", { class: "small" }, `${count(rows.shown)} of ${count(rows.total)} rows and ${count(lines.shown)} of ${count(lines.total)} log lines are held here: forensics trace shows the rest.`) : null;
};

const notes = (told) => told.warnings.length ? h("section", null, h("h2", null, "How the record was read"), h("ul", { class: "plain" }, told.warnings.map((w) => h("li", null, w)))) : null;

function breakdown(told) {
    const parts = Object.entries(told.breakdown_ms).sort((a, b) => b[1] - a[1]);
    const total = parts.reduce((sum, [, ms]) => sum + ms, 0);
    if (!total) return null;
    return h("section", null, h("h2", null, "Where the time of its trace went"), h("dl", { class: "shares" }, parts.map(([name, ms]) => h("div", null,
        h("dt", null, words(name)), h("dd", null, h("span", { class: "share", style: { width: `${(ms / total) * 100}%` } }), h("span", null, `${took(ms)} (${Math.round((ms / total) * 100)} %)`))))));
}

class Waterfall {
    constructor(told, verdict) {
        this.told = told;
        this.verdict = verdict;
        this.axis = axis(told);
        this.closed = new Set();
        this.children = this.#children();
        const warned = told.lines.some((l) => /WARN|ERROR|FATAL/.test(l.level ?? "")) || told.lines.length > 60;
        this.logs = told.lines.length ? (warned ? "warnings" : "all") : "none";
        this.selected = null;
        this.gaps = new Map(told.gaps.map((g) => [g.row, g]));
        this.steps = this.#steps();
        this.details = h("div", { class: "details", "aria-live": "polite" });
        this.canvas = h("div", { class: "rows" });
        this.head = h("div", { class: "ruler", "aria-hidden": "true" }, h("div", { class: "name" }, "Service and operation"), this.#ruler());
        this.element = h("div", { class: "waterfall", role: "tree", tabindex: 0, "aria-label": "Waterfall of the chain",
            onkeydown: (e) => this.#key(e), onscroll: () => this.#draw() }, this.head, this.canvas);
        this.#flatten();
        new ResizeObserver(() => this.#draw()).observe(this.element);
        addEventListener("beforeprint", () => this.#draw(true));
        addEventListener("afterprint", () => this.#draw());
        const origin = this.told.rows.findIndex((r) => r.is_head && r.role === "origin");
        this.#select(origin < 0 ? 0 : origin, false);
        requestAnimationFrame(() => this.#reveal());
    }

    #children() {
        const found = this.told.rows.map(() => []);
        this.told.rows.forEach((row, n) => row.parent === null || found[row.parent].push(n));
        return found;
    }

    // What is seen, in order: rows whose ancestors are open, and lines before the first child that began later.
    #flatten() {
        const lines = new Map();
        for (const [n, line] of this.told.lines.entries()) {
            if (this.logs === "none" || (this.logs === "warnings" && !/WARN|ERROR|FATAL/.test(line.level ?? ""))) continue;
            const owner = line.row ?? -1;
            lines.has(owner) ? lines.get(owner).push(n) : lines.set(owner, [n]);
        }
        this.items = [];
        this.where = new Map();
        const add = (item) => { this.where.set(`${item.row ?? "l"}:${item.line ?? ""}`, this.items.length); this.items.push(item); };
        const roots = this.told.rows.flatMap((row, n) => (row.parent === null ? [n] : []));
        const stack = [...roots.map((n) => ({ row: n, depth: 0 })), ...(lines.get(-1) ?? []).map((line) => ({ line, depth: 0 }))].reverse();
        while (stack.length) {
            const item = stack.pop();
            add(item);
            if (item.row === undefined || this.closed.has(item.row)) continue;
            const below = this.children[item.row].map((row) => ({ row, depth: item.depth + 1, us: this.told.rows[row].start_us ?? 0 }));
            const said = (lines.get(item.row) ?? []).map((line) => ({ line, depth: item.depth + 1, us: this.told.lines[line].at_us }));
            const merged = [...said, ...below].sort((a, b) => a.us - b.us);
            for (let n = merged.length - 1; n >= 0; n--) stack.push(merged[n]);
        }
        this.canvas.style.height = `${this.items.length * ROW}px`;
    }

    #draw(whole = false) {
        const height = this.element.clientHeight || 600;
        const from = whole ? 0 : Math.max(0, Math.floor((this.element.scrollTop - ROW) / ROW) - AROUND);
        const to = whole ? Math.min(this.items.length, PRINTED) : Math.min(this.items.length, Math.ceil((this.element.scrollTop + height) / ROW) + AROUND);
        this.canvas.replaceChildren(...this.items.slice(from, to).map((item, n) => this.#item(item, from + n)));
    }

    #item(item, n) {
        const element = item.line === undefined ? this.#row(item) : this.#line(item);
        element.id = `w${n}`;
        element.style.top = `${n * ROW}px`;
        element.setAttribute("aria-selected", n === this.selected ? "true" : "false");
        element.setAttribute("aria-level", item.depth + 1);
        element.addEventListener("click", () => this.#select(n));
        return element;
    }

    #row({ row: n, depth }) {
        const row = this.told.rows[n];
        const open = !this.closed.has(n);
        const inner = this.children[n].length > 0;
        const name = row.is_head ? row.node.name || row.name : row.name;
        const label = [row.role && row.is_head ? row.role : null, name, row.is_head ? kind(row.node.kind) : null, row.virtual ? "without records of its own" : null,
            row.inferred ? "inferred" : null, row.status, row.duration_us === null ? null : took(row.duration_us / 1000), row.on_path ? "on the critical path" : null, ...row.marks].filter(Boolean).join(", ");
        const caret = inner ? h("button", { class: "caret", type: "button", tabindex: -1, "aria-hidden": "true",
            onclick: (e) => { e.stopPropagation(); this.#toggle(n); } }, open ? "▾" : "▸") : h("span", { class: "caret" });
        return h("div", { class: `row ${row.is_head ? "head" : ""} ${row.status}`, role: "treeitem", "aria-description": label, "aria-expanded": inner ? String(open) : null },
            h("div", { class: "name", style: { "--depth": Math.min(depth, 14) } }, caret,
                row.is_head && row.role ? h("span", { class: `sign ${row.role}`, title: ROLES[row.role] }, SIGNS[row.role]) : null,
                row.status === "failed" ? h("span", { class: "cross", title: "failed" }, "✕") : null,
                h("span", { class: "text" }, name, row.is_head && row.edge?.kind === "link" ? h("span", { class: "tag" }, "handed over") : null)),
            h("div", { class: "track" }, this.#breaks(), this.#gap(n), this.#bar(row)));
    }

    #bar(row) {
        if (row.start_us === null) return h("span", { class: "after", style: { left: "4px" } }, "no time recorded");
        const left = this.axis.x(row.start_us);
        const right = row.duration_us === null ? 1 : this.axis.x(row.start_us + row.duration_us);
        const words_ = [row.duration_us === null ? "no end recorded" : took(row.duration_us / 1000), ...row.marks.filter((m) => m !== "error" && m !== "fault")].join(" · ");
        const flip = right > 0.72;
        return [h("span", { class: `bar ${row.role ?? "none"} ${row.on_path ? "path" : ""} ${row.inferred || row.virtual ? "inferred" : ""} ${row.duration_us === null ? "open" : ""} ${row.marks.includes("cold start") ? "cold" : ""}`,
            style: { left: `${left * 100}%`, width: `max(2px, ${(right - left) * 100}%)` } }),
            h("span", { class: `after ${flip && left > 0.3 ? "flip" : flip ? "inside" : ""}`,
                style: flip && left > 0.3 ? { right: `${(1 - left) * 100}%` } : { left: `${(flip ? left : right) * 100}%` } }, words_)];
    }

    #gap(n) {
        const gap = this.gaps.get(n);
        if (!gap) return null;
        const [left, right] = [this.axis.x(gap.start_us), this.axis.x(gap.start_us + gap.duration_us)];
        return h("span", { class: "wait", title: `waited ${took(gap.duration_us / 1000)} between hand-over and start`, style: { left: `${left * 100}%`, width: `${(right - left) * 100}%` } });
    }

    #breaks() {
        return this.axis.breaks.map((b) => h("span", { class: "break", style: { left: `${b.left * 100}%`, width: `${(b.right - b.left) * 100}%` } }));
    }

    #line({ line: n, depth }) {
        const line = this.told.lines[n];
        const left = this.axis.x(line.at_us);
        const level = (line.level ?? "").toLowerCase();
        const right = left > 0.5;
        return h("div", { class: `row line ${level}`, role: "treeitem", "aria-description": "log line" },
            h("div", { class: "name", style: { "--depth": Math.min(depth, 14) } }, h("span", { class: "caret" }), h("span", { class: "level" }, line.level ?? "log"), h("span", { class: "text small" }, `+${took(line.at_us / 1000)}`)),
            h("div", { class: "track" }, this.#breaks(), h("span", { class: "tick", style: { left: `${left * 100}%` } }),
                h("span", { class: `said ${right ? "flip" : ""}`, style: right ? { right: `${(1 - left) * 100}%`, "max-width": `${left * 100}%` } : { left: `${left * 100}%`, "max-width": `${(1 - left) * 100}%` } }, line.text.replace(/\s+/g, " ").slice(0, 300))));
    }

    #ruler() {
        return h("div", { class: "track" }, this.axis.ticks.map((t) => h("span", { class: `at ${t.x > 0.9 ? "end" : ""}`, style: { left: `${t.x * 100}%` } }, t.text)),
            this.axis.breaks.map((b) => h("span", { class: "break", style: { left: `${b.left * 100}%`, width: `${(b.right - b.left) * 100}%` } }, h("span", null, b.text))));
    }

    controls() {
        const pick = h("select", { id: "log-lines", onchange: () => { this.logs = pick.value; const at = this.items[this.selected]; this.#flatten(); this.#again(at); } },
            [["none", "None"], ["warnings", "Warnings and errors"], ["all", "All"]].map(([value, text]) => h("option", { value, selected: value === this.logs }, text)));
        const roles = [...new Set(this.told.rows.filter((r) => r.is_head && r.role).map((r) => r.role))];
        return h("div", { class: "controls" }, h("label", null, "Log lines ", pick),
            h("button", { type: "button", onclick: () => this.#all(true) }, "Heads only"), h("button", { type: "button", onclick: () => this.#all(false) }, "Open all"),
            h("span", { class: "legend" }, roles.map(role), h("span", null, h("i", { class: "key path" }), "critical path"), h("span", null, h("i", { class: "key inferred" }), "no records of its own"),
                this.told.gaps.length ? h("span", null, h("i", { class: "key waits" }), "waiting") : null));
    }

    // Closing all leaves invocations: what belongs to one of them only is folded.
    #all(close) {
        this.closed = new Set();
        if (close) {
            const holds = this.told.rows.map((r) => r.is_head);
            for (let n = holds.length - 1; n > 0; n--) if (holds[n] && this.told.rows[n].parent !== null) holds[this.told.rows[n].parent] = true;
            this.children.forEach((list, n) => { if (list.length && !list.some((c) => holds[c])) this.closed.add(n); });
        }
        const at = this.items[this.selected];
        this.#flatten();
        this.#again(at);
    }

    #toggle(n) {
        const at = this.items[this.selected];
        this.closed.has(n) ? this.closed.delete(n) : this.closed.add(n);
        this.#flatten();
        this.#again(at?.row === n || at === undefined ? { row: n } : at);
    }

    #again(item) {
        let n = this.where.get(`${item?.row ?? "l"}:${item?.line ?? ""}`);
        let row = item?.row ?? (item?.line === undefined ? null : this.told.lines[item.line].row);
        while (n === undefined && row !== null && row !== undefined) { n = this.where.get(`${row}:`); row = this.told.rows[row].parent; }
        this.#select(n ?? 0);
    }

    #key(event) {
        const item = this.items[this.selected];
        const jump = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 }[event.key];
        if (jump) this.#select(Math.max(0, Math.min(this.items.length - 1, this.selected + jump)));
        else if (event.key === "ArrowRight" && item?.row !== undefined) this.closed.has(item.row) ? this.#toggle(item.row) : this.#select(Math.min(this.items.length - 1, this.selected + 1));
        else if (event.key === "ArrowLeft" && item) this.#left(item);
        else if (event.key === "n" || event.key === "p") this.#step(event.key === "n" ? 1 : -1);
        else return;
        event.preventDefault();
    }

    #left(item) {
        if (item.row !== undefined && this.children[item.row].length && !this.closed.has(item.row)) this.#toggle(item.row);
        else {
            const up = item.row === undefined ? this.told.lines[item.line].row : this.told.rows[item.row].parent;
            if (up !== null) this.#select(this.where.get(`${up}:`) ?? this.selected);
        }
    }

    #select(n, reveal = true) {
        this.selected = n;
        this.element.setAttribute("aria-activedescendant", `w${n}`);
        if (reveal) this.#reveal();
        replace(this.details, this.#detail(this.items[n]));
        this.walkItems?.forEach((li, k) => li.classList.toggle("now", this.steps[k].at === n || this.#itemOf(this.steps[k]) === n));
    }

    #reveal() {
        const top = this.selected * ROW, height = this.element.clientHeight - ROW;
        if (top < this.element.scrollTop) this.element.scrollTop = Math.max(0, top - ROW);
        else if (top > this.element.scrollTop + height - ROW) this.element.scrollTop = top - height / 2;
        this.#draw();
    }

    #detail(item) {
        if (!item) return null;
        if (item.line !== undefined) {
            const line = this.told.lines[item.line];
            return [h("h3", null, line.level ?? "Log line"), h("p", { class: "small" }, when(line.locator.timestamp), " ", line.locator.log_group), h("pre", { tabindex: 0 }, line.text), openRecord(line.locator)];
        }
        const row = this.told.rows[item.row];
        const facts = [["status", row.status], ["took", row.duration_us === null ? "no end recorded" : took(row.duration_us / 1000)], ["began", row.start_us === null ? "not recorded" : `+${took(row.start_us / 1000) || "0 ms"}`],
            ["came by", row.edge ? `${row.edge.kind === "link" ? "hand-over" : row.edge.kind}, ${words(row.edge.evidence)} (${row.edge.confidence.toFixed(2)})` : null], ["marks", row.marks.join(", ")],
            ["waited", this.gaps.has(item.row) ? took(this.gaps.get(item.row).duration_us / 1000) : null],
            ["record", row.virtual ? "none of its own: seen through its caller" : row.inferred ? "inferred from its caller" : null], ["trace", row.trace_id], ["span", row.span_id], ["invocation", row.is_head ? row.invocation : null]];
        return [h("h3", null, row.is_head && row.role ? [role(row.role), " "] : null, row.name), h("p", null, node(row.node)), row.said ? h("pre", { class: "said", tabindex: 0 }, row.said) : null,
            h("dl", { class: "facts" }, facts.filter(([, value]) => value).map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))))];
    }

    // From where it shows to where it began: each claim with its rule and the row or line that proves it.
    #steps() {
        return (this.verdict?.evidence ?? []).map((claim) => {
            const l = claim.locator;
            const line = l.event_id ? this.told.lines.findIndex((x) => x.locator.event_id === l.event_id) : -1;
            const row = l.segment_id ? this.told.rows.findIndex((x) => x.segment_id === l.segment_id && x.trace_id === l.trace_id) : -1;
            return { claim, line, row };
        });
    }

    #itemOf(step) {
        if (step.line >= 0) return this.where.get(`l:${step.line}`);
        return step.row >= 0 ? this.where.get(`${step.row}:`) : undefined;
    }

    walk() {
        if (!this.verdict) return h("div", { class: "walk" }, h("h2", null, "No walk"), h("p", null, this.told.status === "ok" ? "Nothing failed in this chain: there is nothing to walk back from." : "No failure of this chain is known, and no record says that it ended well."));
        const cause = this.verdict.root_cause;
        this.walkItems = this.steps.map((step, k) => h("li", null, h("button", { type: "button", onclick: () => this.#go(k) },
            h("span", { class: "claim" }, step.claim.claim), h("span", { class: "small" }, `${words(step.claim.rule)} · ${place(step.claim.locator)}`))));
        return h("div", { class: "walk" }, h("h2", null, "From symptom to origin"), h("p", null, category(cause.category), " ", band(cause.band, cause.confidence)),
            h("ol", null, this.walkItems),
            this.verdict.alternatives.length ? [h("h3", null, "Instead of"), h("ul", { class: "plain" }, this.verdict.alternatives.map((a) => h("li", null, node(a.node), category(a.category), " ", a.why_rejected)))] : null,
            cause.would_decide.length ? [h("h3", null, "What would decide it"), h("ul", { class: "plain" }, cause.would_decide.map((w) => h("li", null, w)))] : null);
    }

    #step(by) {
        this.now = Math.max(0, Math.min(this.steps.length - 1, (this.now ?? -1) + by));
        if (this.steps.length) this.#go(this.now);
    }

    // What the step points at may be folded or filtered away: open the way to it first.
    #go(k) {
        this.now = k;
        const step = this.steps[k];
        if (step.line >= 0 && this.#itemOf(step) === undefined) this.logs = "all";
        let up = step.line >= 0 ? this.told.lines[step.line].row : step.row >= 0 ? this.told.rows[step.row].parent : null;
        while (up !== null && up !== undefined) { this.closed.delete(up); up = this.told.rows[up].parent; }
        this.#flatten();
        const n = this.#itemOf(step);
        if (n !== undefined) this.#select(n);
        this.walkItems.forEach((li, m) => li.classList.toggle("now", m === k));
    }
}
