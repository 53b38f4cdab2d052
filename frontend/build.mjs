// Builds the page into the Python package: one script, one style sheet, one document.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const here = new URL("./", import.meta.url);
const out = process.argv[2] ?? new URL("../harness/service/page", here).pathname;

/** SHA-256 over every source, so that a stale bundle shows without building. The test computes the same. */
function digest() {
  const sources = readdirSync(new URL("src/", here)).map((name) => `src/${name}`);
  const files = [...sources, "build.mjs", "index.html", "package-lock.json", "package.json", "style.css", "tsconfig.json", "types.mjs"];
  const sum = createHash("sha256");
  for (const name of files.sort()) sum.update(`${name}\0`).update(readFileSync(new URL(name, here))).update("\0");
  return sum.digest("hex");
}

await build({
  absWorkingDir: here.pathname,
  entryPoints: { "career-ark": "src/main.tsx", style: "style.css" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  legalComments: "eof",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/* sources ${digest()} */` },
});
copyFileSync(new URL("index.html", here), `${out}/index.html`);
