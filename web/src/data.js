// What the file holds. Each part is read when it is first asked for, so that the first screen waits for none.

const read = (id) => {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
};

const once = (make) => {
    let value;
    return () => (value ??= make());
};

export const page = read("data");
export const doc = page.document;
export const failures = once(() => read("failures") ?? []);
export const failure = (id) => once_failures().get(id);
const once_failures = once(() => new Map(failures().map((f) => [f.id, f])));

const stories = new Map();

// Rows come as columns, nodes as numbers: see forensics/report/html.py.
export function story(n) {
    if (!stories.has(n)) {
        const told = read(`story-${n}`);
        const { fields, rows } = told.rows;
        told.rows = rows.map((values) => {
            const row = Object.fromEntries(fields.map((name, k) => [name, values[k]]));
            row.node = told.nodes[row.node];
            return row;
        });
        stories.set(n, told);
    }
    return stories.get(n);
}

export const storyOf = (chain) => page.stories.find((s) => s.chain === chain);
export const storyOfIssue = (issue) => page.stories.find((s) => s.issue === issue && s.failure);
export const issue = (id) => doc.issues.find((i) => i.id === id);

const key = (l) => (l.source === "segment_document" ? `${l.trace_id}:${l.segment_id}` : `${l.source}:${l.event_id}`);
const records = once(() => new Map(page.records.map((r) => [key(r.locator), r])));
export const record = (locator) => records().get(key(locator));

export const at = (text) => (text ? Date.parse(text) : null);
