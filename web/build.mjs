// Bundles src/ into forensics/report/assets/: one script, one style, and the licences of what is in them.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const OUT = new URL("../forensics/report/assets/", import.meta.url).pathname;
const SRC = new URL("src/", import.meta.url).pathname;

// What is committed names what it was built from; tests/unit/report/test_assets.py compares.
const hash = createHash("sha256");
for (const name of readdirSync(SRC).sort()) hash.update(name + "\0").update(readFileSync(SRC + name)).update("\0");
hash.update(readFileSync(new URL("package-lock.json", import.meta.url)));
const banner = `/*! forensics report, built from web/ ${hash.digest("hex")}; licences: LICENCES.txt */`;

const common = { bundle: true, minify: true, legalComments: "none", charset: "utf8", logLevel: "warning" };
const script = await build({ ...common, entryPoints: [SRC + "main.js"], format: "iife", write: false,
    target: ["chrome123", "firefox120", "safari17.5"], banner: { js: banner } });
// Texts of the libraries hold control characters, and a report may be printed on a terminal: escaped, they are the same.
const escaped = (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
writeFileSync(OUT + "report.js", script.outputFiles[0].text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, escaped));
await build({ ...common, entryPoints: [SRC + "report.css"], outfile: OUT + "report.css", banner: { css: banner } });

const modules = ["@dagrejs/dagre", "@dagrejs/graphlib"].map((name) => {
    const folder = new URL(`node_modules/${name}/`, import.meta.url);
    const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    return `${name} ${version} (${license})\n\n${readFileSync(new URL("LICENSE", folder), "utf8").trim()}\n`;
});
writeFileSync(OUT + "LICENCES.txt", "The script of the HTML report contains:\n\n" + modules.join("\n---\n\n"));
