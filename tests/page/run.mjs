// All tests of the page, in one process for the sake of one Chromium: node tests/page/run.mjs [NAME...]
// A name is that of a file: "map" is test_map.mjs.

import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { closeBrowser } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => /^test_\w+\.mjs$/.test(name))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(5, -4)))
  .sort();
if (files.length === 0) throw new Error(`no test is named ${wanted}`);
for (const file of files) await import("./" + file);
test("the browser closes", closeBrowser);
