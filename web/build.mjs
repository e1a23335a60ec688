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
await build({ ...common, entryPoints: [SRC + "main.js"], outfile: OUT + "report.js", format: "iife",
    target: ["chrome123", "firefox120", "safari17.5"], banner: { js: banner } });
await build({ ...common, entryPoints: [SRC + "report.css"], outfile: OUT + "report.css", banner: { css: banner } });

const modules = ["@dagrejs/dagre", "@dagrejs/graphlib"].map((name) => {
    const folder = new URL(`node_modules/${name}/`, import.meta.url);
    const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    return `${name} ${version} (${license})\n\n${readFileSync(new URL("LICENSE", folder), "utf8").trim()}\n`;
});
writeFileSync(OUT + "LICENCES.txt", "The script of the HTML report contains:\n\n" + modules.join("\n---\n\n"));
