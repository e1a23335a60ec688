// The service map: layered, health as a ring around each node, hand-overs dashed, what only fits dotted.
import dagre from "@dagrejs/dagre";
import { h, replace, svg } from "./dom.js";
import { doc } from "./data.js";
import { empty, node as nodeName } from "./parts.js";
import { count, isQueue, kind, plural, took, words } from "./words.js";

const EXACT = new Set(["trace_parent", "trace_link", "request_id", "message_id", "execution_arn", "event_id"]);
const R = 22;

export function map(about, go) {
    if (!doc.map.nodes.length) return [h("h1", null, "Service map"), empty("No node is known.")];
    const view = new ServiceMap(about ? decodeURIComponent(about) : null, go);
    return [h("h1", null, "Service map"), view.controls(), h("div", { class: "map-view" }, view.frame, view.panel), table()];
}

// Edges of one pair are one line: how it was proven and how often goes into its words.
function edges() {
    const found = new Map();
    for (const e of doc.map.edges) {
        const key = `${e.caller}\n${e.callee}\n${e.kind}`;
        const old = found.get(key);
        if (!old) found.set(key, { ...e, evidence: [e.evidence] });
        else Object.assign(old, { calls: old.calls + e.calls, failures: old.failures + e.failures, confidence: Math.min(old.confidence, e.confidence), evidence: [...old.evidence, e.evidence] });
    }
    return [...found.values()].map((e) => ({ ...e, sure: e.evidence.some((x) => EXACT.has(x)) }));
}

// A name may be held by several kinds; an edge names none.
function nodes() {
    const found = new Map();
    for (const n of doc.map.nodes) {
        const old = found.get(n.name);
        if (!old) found.set(n.name, { ...n });
        else for (const key of ["invocations", "failures", "absorbed", "errors", "throttles", "unknown"]) old[key] += n[key];
    }
    return [...found.values()];
}

class ServiceMap {
    constructor(about, go) {
        this.go = go;
        this.nodes = nodes();
        this.edges = edges();
        this.by = "traffic";
        this.chosen = this.nodes.some((n) => n.name === about) ? about : null;
        this.panel = h("aside", { class: "map-panel", "aria-live": "polite", "aria-label": "Chosen node" });
        this.frame = h("div", { class: "map-frame" });
        this.zoom = 1;
        this.draw();
        this.choose(this.chosen);
        this.frame.addEventListener("wheel", (e) => { if (e.ctrlKey || e.metaKey) { e.preventDefault(); this.scale(e.deltaY < 0 ? 1.15 : 1 / 1.15); } }, { passive: false });
        drag(this.frame);
        new ResizeObserver(() => { const tall = this.frame.clientWidth < 700; if (this.frame.clientWidth && tall !== this.tall) { this.draw(); this.mark(); } this.fit(); if (!this.seen) { this.seen = this.frame.clientWidth > 0; this.reveal(); } }).observe(this.frame);
    }

    layout() {
        this.tall = (this.frame.clientWidth || innerWidth) < 700;
        const g = new dagre.graphlib.Graph({ multigraph: true });
        g.setGraph({ rankdir: this.tall ? "TB" : "LR", nodesep: this.tall ? 26 : 34, ranksep: this.tall ? 54 : 96, marginx: 16, marginy: 16 });
        for (const n of this.nodes) g.setNode(n.name, { width: this.tall ? 112 : 132, height: 100 });
        this.edges.forEach((e, k) => g.setEdge(e.caller, e.callee, {}, String(k)));
        dagre.layout(g);
        return g;
    }

    draw() {
        const g = this.layout();
        const { width, height } = g.graph();
        this.size = [Math.max(width, 200), Math.max(height, 120)];
        this.most = undefined;
        this.places = new Map(this.nodes.map((n) => [n.name, { x: g.node(n.name).x, y: g.node(n.name).y - 18 }]));
        const most = Math.max(...this.edges.map((e) => e.calls), 1);
        this.lines = this.edges.map((e, k) => this.#edge(e, g.edge({ v: e.caller, w: e.callee, name: String(k) }), most));
        this.marks = new Map(this.nodes.map((n) => [n.name, this.#node(n, this.places.get(n.name))]));
        this.picture = svg("svg", { class: "map", viewBox: `0 0 ${this.size[0]} ${this.size[1]}`, role: "group", "aria-label": `${plural(this.nodes.length, "node")} and ${plural(this.edges.length, "edge")}` },
            svg("defs", null, arrow("arrow"), arrow("arrow-bad")), this.lines, [...this.marks.values()]);
        replace(this.frame, this.picture);
        this.fit();
    }

    // As wide as there is room, but never so small that names cannot be read: then it scrolls.
    fit() {
        const room = this.frame.clientWidth || 900;
        this.shown = Math.max(Math.min(this.size[0] * 1.15, room), this.size[0] * 0.72) * this.zoom;
        this.picture.style.width = `${this.shown}px`;
    }

    // What broke is in view first.
    reveal() {
        const name = this.chosen ?? this.nodes.reduce((worst, n) => (n.failures > (worst?.failures ?? 0) ? n : worst), null)?.name;
        if (!name || !this.frame.clientWidth) return;
        const { x, y } = this.places.get(name), scale = this.shown / this.size[0];
        this.frame.scrollTo(x * scale - this.frame.clientWidth / 2, y * scale - this.frame.clientHeight / 2);
    }

    scale(by) {
        this.zoom = Math.max(0.4, Math.min(6, this.zoom * by));
        this.fit();
    }

    #edge(e, placed, most) {
        const path = e.caller === e.callee ? loop(placed.points) : this.#path(e, placed.points);
        const told = `${e.caller} ${e.kind === "link" ? "hands over to" : "calls"} ${e.callee}: ${count(e.calls)}, ${count(e.failures)} failed; ${e.evidence.map(words).join(", ")} (confidence from ${e.confidence.toFixed(2)})`;
        return svg("g", { class: `edge ${e.kind} ${e.sure ? "" : "guess"} ${e.failures ? "bad" : ""}`, "data-ends": "" }, svg("title", null, told),
            svg("path", { d: path, "stroke-width": (1 + 3 * Math.sqrt(e.calls / most)).toFixed(2), "marker-end": `url(#${e.failures ? "arrow-bad" : "arrow"})` }));
    }

    // From rim to rim, along the layers where an edge passes some (every second point; between them layout
    // keeps room for a label): it goes across between layers, so that it meets no node on its way.
    #path(e, points) {
        const passed = points.slice(1, -1).filter((_, k) => k % 2);
        const [from, to] = [this.places.get(e.caller), this.places.get(e.callee)];
        const along = this.tall ? "y" : "x";
        const ahead = Math.sign((passed[0] ?? to)[along] - from[along]) || 1, into = Math.sign(to[along] - (passed.at(-1) ?? from)[along]) || 1;
        const way = [{ ...from, [along]: from[along] + ahead * this.#room(e.caller, 7) }, ...passed, { ...to, [along]: to[along] - into * this.#room(e.callee, 11) }];
        return `M${way[0].x},${way[0].y}` + way.slice(1).map((b, k) => across(way[k], b, this.tall)).join("");
    }

    #room(name, more) { return this.#radius(this.nodes.find((n) => n.name === name)) + more; }

    #radius(n) {
        this.most ??= Math.max(...this.nodes.map((x) => this.#weight(x)), 1);
        return R * (0.7 + 0.5 * Math.sqrt(this.#weight(n) / this.most));
    }

    #node(n, at) {
        const r = this.#radius(n);
        const ok = Math.max(0, n.invocations - n.errors - n.faults - n.throttles - n.unknown);
        const parts = [["ok", ok], ["error", n.errors], ["fault", n.faults], ["throttle", n.throttles], ["unknown", n.unknown]];
        const told = `${n.name}, ${kind(n.kind)}${n.virtual ? ", without records of its own" : ""}: ${plural(n.invocations, "invocation")}, ${parts.filter(([, v]) => v).map(([name, v]) => `${count(v)} ${name}`).join(", ")}`;
        const label = lines(n.name, this.tall ? 15 : 18);
        const element = svg("g", { class: `vertex ${n.virtual ? "virtual" : ""} ${n.failures ? "sick" : ""}`, transform: `translate(${at.x},${at.y})`, tabindex: 0, role: "button", "aria-description": told, "aria-pressed": "false",
            onclick: () => this.choose(n.name), onkeydown: (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); this.choose(n.name); } } },
            svg("title", null, told), isQueue(n.kind) ? svg("rect", { class: "core", x: -r, y: -r, width: 2 * r, height: 2 * r, rx: 7 }) : svg("circle", { class: "core", r }), ring(parts, r + 4), n.virtual ? svg("circle", { class: "unseen", r: r + 9 }) : null,
            svg("text", { class: "short", y: 4 }, short(n.kind)), svg("text", { class: "label" }, label.map((line, k) => svg("tspan", { x: 0, y: r + 22 + k * 13 }, line))),
            n.failures ? svg("text", { class: "bad-count", y: r + 36 + (label.length - 1) * 13 }, `${count(n.failures)} failed`) : null);
        element.dataset.name = n.name;
        return element;
    }

    #weight(n) { return this.by === "cost" ? n.usd ?? 0 : n.invocations; }

    controls() {
        const names = h("datalist", { id: "node-names" }, this.nodes.map((n) => h("option", { value: n.name })));
        const search = h("input", { type: "search", id: "map-search", list: "node-names", placeholder: "Find a node", "aria-label": "Find a node", oninput: () => this.find(search.value) ,
            onkeydown: (e) => { if (e.key === "Enter") { const n = this.matching(search.value)[0]; if (n) this.choose(n.name); } } });
        const cost = this.nodes.some((n) => n.usd);
        const by = cost ? h("label", null, "Size by ", h("select", { onchange: (e) => { this.by = e.target.value; this.draw(); this.mark(); } }, h("option", { value: "traffic" }, "traffic"), h("option", { value: "cost" }, "cost"))) : h("span", { class: "small" }, "Size: traffic (no cost is known)");
        return h("div", { class: "controls" }, search, names, by, h("div", { class: "group", role: "group", "aria-label": "Zoom" },
            h("button", { type: "button", "aria-label": "Zoom out", onclick: () => this.scale(1 / 1.3) }, "−"), h("button", { type: "button", onclick: () => { this.zoom = 1; this.fit(); } }, "Fit"), h("button", { type: "button", "aria-label": "Zoom in", onclick: () => this.scale(1.3) }, "+")), legend());
    }

    matching(text) {
        const wanted = text.trim().toLowerCase();
        return wanted ? this.nodes.filter((n) => `${n.name}\n${kind(n.kind)}`.toLowerCase().includes(wanted)) : [];
    }

    find(text) {
        const hits = new Set(this.matching(text).map((n) => n.name));
        for (const [name, element] of this.marks) element.classList.toggle("dim", Boolean(text.trim()) && !hits.has(name));
    }

    choose(name) {
        this.chosen = name === this.chosen && this.panel.childElementCount ? null : name;
        this.mark();
        replace(this.panel, this.chosen === null ? h("p", { class: "muted" }, "Choose a node to see its figures, its neighbours and its issues.") : this.#about(this.nodes.find((n) => n.name === this.chosen)));
    }

    mark() {
        const near = new Set([this.chosen]);
        this.edges.forEach((e, k) => {
            const touches = e.caller === this.chosen || e.callee === this.chosen;
            this.lines[k].classList.toggle("dim", this.chosen !== null && !touches);
            if (touches) { near.add(e.caller); near.add(e.callee); }
        });
        for (const [name, element] of this.marks) {
            element.classList.toggle("dim", this.chosen !== null && !near.has(name));
            element.setAttribute("aria-pressed", String(name === this.chosen));
        }
    }

    #about(n) {
        const issues = doc.issues.filter((i) => i.node.name === n.name || i.blast_radius.nodes.includes(n.name));
        const facts = [["invocations", count(n.invocations)], ["failed", count(n.failures)], ["throttled", count(n.throttles)], ["refused (4xx)", count(n.errors)], ["end unknown", count(n.unknown)], ["absorbed", count(n.absorbed)], ["median", took(n.p50_ms)], ["99 %", took(n.p99_ms)]];
        const list = (title, found, name) => found.length ? [h("h3", null, title), h("ul", { class: "plain" }, found.slice(0, 12).map((e) => h("li", null, h("button", { class: "as-link", type: "button", onclick: () => this.choose(e[name]) }, e[name]), h("span", { class: "small" }, ` ${count(e.calls)}${e.kind === "link" ? ", handed over" : ""}${e.sure ? "" : ", inferred"}`))))] : null;
        return [h("h2", null, nodeName(n)), n.virtual ? h("p", { class: "small" }, "No records of its own: all figures are its callers'.") : null,
            h("dl", { class: "facts" }, facts.filter(([, v]) => v && v !== "0").map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))),
            issues.length ? [h("h3", null, "Issues"), h("ul", { class: "plain" }, issues.slice(0, 8).map((i) => h("li", null, h("a", { href: `#issues/${i.id}` }, i.title)))), h("p", null, h("a", { href: `#issues/node=${encodeURIComponent(n.name)}` }, `Only issues of ${n.name}`))] : h("p", null, "No issue touches it."),
            list("Called by", this.edges.filter((e) => e.callee === n.name), "caller"), list("Calls", this.edges.filter((e) => e.caller === n.name), "callee")];
    }
}

const arrow = (id) => svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, svg("path", { class: id, d: "M0,0L8,4L0,8z" }));

const across = (a, b, tall) => tall
    ? `C${a.x},${(a.y + b.y) / 2} ${b.x},${(a.y + b.y) / 2} ${b.x},${b.y}`
    : `C${(a.x + b.x) / 2},${a.y} ${(a.x + b.x) / 2},${b.y} ${b.x},${b.y}`;

const loop = (points) => `M${points[0].x},${points[0].y}C${points[1].x},${points[1].y} ${points.at(-2).x},${points.at(-2).y} ${points.at(-1).x},${points.at(-1).y}`;

function ring(parts, r) {
    const total = parts.reduce((sum, [, v]) => sum + v, 0);
    const around = 2 * Math.PI * r;
    let at = 0;
    return parts.filter(([, v]) => v).map(([name, v]) => {
        const long = (v / total) * around;
        const piece = svg("circle", { class: `ring ${name}`, r, "stroke-dasharray": `${Math.max(1.5, long).toFixed(2)} ${around.toFixed(2)}`, "stroke-dashoffset": (-at).toFixed(2), transform: "rotate(-90)" });
        at += long;
        return piece;
    });
}

// A name in two lines at most, broken where it has a joint.
function lines(text, most) {
    if (text.length <= most) return [text];
    const joint = Math.max(...["-", "/", ".", "_", " ", ":"].map((c) => text.lastIndexOf(c, most - 1)));
    const at = joint > 3 ? joint + 1 : most;
    return [text.slice(0, at), trim(text.slice(at), most)];
}

const trim = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
const short = (text) => ({ "AWS::Lambda::Function": "λ", "AWS::SQS::Queue": "SQS", "AWS::SNS::Topic": "SNS", "AWS::DynamoDB::Table": "DDB", "AWS::S3::Bucket": "S3", "AWS::ECS::Container": "ECS", "AWS::EKS::Container": "EKS",
    "AWS::ApiGateway::Stage": "API", "AWS::ApiGatewayV2::Stage": "API", "AWS::StepFunctions::StateMachine": "SFN", remote: "ext" }[text] ?? kind(text).slice(0, 3).toUpperCase());

const legend = () => h("span", { class: "legend" }, [["ok", "ok"], ["error", "error (4xx)"], ["fault", "fault"], ["throttle", "throttle"], ["unknown", "unknown"]].map(([name, text]) => h("span", null, h("i", { class: `key ring-${name}` }), text)),
    h("span", null, h("i", { class: "key line" }), "call"), h("span", null, h("i", { class: "key line dashed" }), "handed over"), h("span", null, h("i", { class: "key line dotted" }), "inferred"), h("span", null, h("i", { class: "key hollow" }), "no records of its own"));

function drag(frame) {
    let from = null;
    frame.addEventListener("pointerdown", (e) => { if (e.pointerType === "mouse" && !e.target.closest(".vertex")) from = [e.clientX, e.clientY, frame.scrollLeft, frame.scrollTop]; });
    addEventListener("pointermove", (e) => { if (from) frame.scrollTo(from[2] - e.clientX + from[0], from[3] - e.clientY + from[1]); });
    addEventListener("pointerup", () => (from = null));
}

function table() {
    return h("details", { class: "as-table" }, h("summary", null, "The same as a table"), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Nodes" }, h("table", null,
        h("thead", null, h("tr", null, ["Node", "Kind", "Invocations", "Failed", "Throttled", "4xx", "Unknown", "Absorbed", "Median", "99 %"].map((t, n) => h("th", { scope: "col", class: n > 1 ? "n" : "" }, t)))),
        h("tbody", null, doc.map.nodes.map((n) => h("tr", null, h("td", null, n.name), h("td", null, kind(n.kind) + (n.virtual ? " (no records of its own)" : "")), [n.invocations, n.failures, n.throttles, n.errors, n.unknown, n.absorbed].map((v) => h("td", { class: "n" }, count(v))), h("td", { class: "n" }, took(n.p50_ms)), h("td", { class: "n" }, took(n.p99_ms))))))));
}
