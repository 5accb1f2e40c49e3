// Bundles the page and writes it as C, for the daemon to hold: node build.mjs OUT.c [ASSETS-FOLDER]
// Every file but index.html has a hash of its content in its name and is compressed here, once.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [out, folder] = process.argv.slice(2);

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const bundled = await build({
  absWorkingDir: here,
  entryPoints: ["main.tsx"],
  outdir: "assets",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
  legalComments: "none",
  write: false,
  logLevel: "warning",
});

const files = bundled.outputFiles.map((file) => ({
  name: "/assets/" + basename(file.path),
  bytes: Buffer.from(file.contents),
}));
const named = (start, end) =>
  files.find((file) => basename(file.name).startsWith(start) && file.name.endsWith(end)).name;

const html = readFileSync(join(here, "index.html"), "utf8")
  .replace(
    "icon.svg",
    "data:image/svg+xml," + encodeURIComponent(readFileSync(join(here, "icon.svg"), "utf8").trim()),
  )
  .replace("main.js", named("main-", ".js").slice(1))
  .replace("main.css", named("main-", ".css").slice(1));
files.push({ name: "/", bytes: Buffer.from(html) });

function asC(bytes) {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 24) {
    lines.push("    " + [...bytes.subarray(i, i + 24)].join(", ") + ",");
  }
  return lines.join("\n");
}

if (folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

const arrays = [];
const rows = [];
for (const [i, file] of files.sort((a, b) => (a.name < b.name ? -1 : 1)).entries()) {
  const packed = gzipSync(file.bytes, { level: 9 });
  const etag = createHash("sha256").update(file.bytes).digest("hex").slice(0, 16);
  const type = TYPES[extname(file.name) || ".html"];
  arrays.push(`static const unsigned char file_${i}[] = {\n${asC(packed)}\n};`);
  rows.push(
    `    {"${file.name}", "${type}", "\\"${etag}\\"", file_${i}, sizeof(file_${i}), ${file.bytes.length}},`,
  );
  if (folder) {
    const path = join(folder, file.name === "/" ? "index.html" : basename(file.name));
    writeFileSync(path + ".gz", packed);
  }
}

mkdirSync(dirname(out), { recursive: true });
writeFileSync(
  out,
  `/* Made by daemon/page/build.mjs. */
#include "daemon/page.h"

${arrays.join("\n\n")}

const struct page_file page_files[] = {
${rows.join("\n")}
};
const size_t page_n_files = sizeof(page_files) / sizeof(page_files[0]);
`,
);
