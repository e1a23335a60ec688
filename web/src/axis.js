// Time to place, with long stretches in which nothing ran drawn short: a retry a minute later must not
// squeeze the milliseconds that one looks at.
import { took } from "./words.js";

const BREAK = 0.045; // width of a stretch that was shortened
const LONG = 0.12; // a stretch is shortened from this share of all busy time on

export function axis(told) {
    const end = Math.max(1, ...extremes(told.rows));
    const busy = merged(told.rows);
    const total = busy.reduce((sum, [a, b]) => sum + b - a, 0) || end;
    const pieces = [];
    let from = busy.length ? busy[0][0] : 0;
    for (let n = 1; n < busy.length; n++) {
        const idle = busy[n][0] - busy[n - 1][1];
        if (idle < total * LONG) continue;
        pieces.push([from, busy[n - 1][1], false], [busy[n - 1][1], busy[n][0], true]);
        from = busy[n][0];
    }
    pieces.push([from, Math.max(busy.at(-1)?.[1] ?? end, from + 1), false]);
    return placed(pieces);
}

const extremes = (rows) => [rows.reduce((most, r) => Math.max(most, (r.start_us ?? 0) + (r.duration_us ?? 0)), 1)];

function merged(rows) {
    const spans = rows.filter((r) => r.start_us !== null).map((r) => [r.start_us, r.start_us + (r.duration_us ?? 0)]).sort((a, b) => a[0] - b[0]);
    const found = [];
    for (const [a, b] of spans) {
        const last = found.at(-1);
        if (last && a <= last[1]) last[1] = Math.max(last[1], b);
        else found.push([a, b]);
    }
    return found;
}

function placed(pieces) {
    const breaks = pieces.filter((p) => p[2]).length;
    const width = Math.min(BREAK, 0.4 / Math.max(1, breaks));
    const busy = pieces.reduce((sum, [a, b, is]) => sum + (is ? 0 : b - a), 0) || 1;
    const scale = (1 - breaks * width) / busy;
    let at = 0;
    const parts = pieces.map(([from, to, is]) => {
        const part = { from, to, is, left: at, right: at + (is ? width : (to - from) * scale) };
        at = part.right;
        return part;
    });
    const x = (us) => {
        const part = parts.find((p) => us <= p.to) ?? parts.at(-1);
        return Math.max(0, Math.min(1, part.left + ((us - part.from) / Math.max(1, part.to - part.from)) * (part.right - part.left)));
    };
    return { x, breaks: parts.filter((p) => p.is).map((p) => ({ ...p, text: took((p.to - p.from) / 1000) })),
        ticks: parts.filter((p) => !p.is).flatMap((p, n, all) => ticks(p, n > 0, n < all.length - 1)) };
}

// Beside a shortened stretch there is no room for a tick: its own text stands there.
function ticks(part, isAfter, isBefore) {
    const room = part.right - part.left;
    const many = Math.floor(room / (innerWidth > 820 ? 0.14 : 0.3));
    const rough = (part.to - part.from) / Math.max(1, many);
    const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
    const found = [];
    for (let us = Math.ceil(part.from / step) * step; us <= part.to && found.length < 12; us += step) {
        const x = part.left + ((us - part.from) / (part.to - part.from)) * room;
        if ((isAfter && x < part.left + 0.05) || (isBefore && x > part.right - 0.09)) continue;
        found.push({ x, text: us === 0 ? "0" : took(us / 1000) });
    }
    return found;
}
