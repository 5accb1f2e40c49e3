// The styles of all views are one sheet: a name that begins a rule of two views means both.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "./browser.mjs";

const folder = join(root, "daemon/page");
const read = (name) => readFileSync(join(folder, name), "utf8");
const files = readdirSync(folder);

describe("the styles", () => {
  const rules = files
    .filter((name) => name.endsWith(".css"))
    .map((name) => [name, read(name).replace(/\/\*[^]*?\*\//g, "")]);

  it("belong to one view each", () => {
    const owner = new Map();
    for (const [name, text] of rules) {
      for (const [, selectors] of text.matchAll(/([^{}]+)\{/g)) {
        for (const selector of selectors.split(",")) {
          const first = /^\s*\.([a-z][\w-]*)(?![\w-]|[.:\s>+~]*\.)\s*$/.exec(selector)?.[1];
          if (!first) continue;
          assert.equal(owner.get(first) ?? name, name, `.${first}`);
          owner.set(first, name);
        }
      }
    }
    assert.ok(owner.size > 100);
  });

  it("are all used", () => {
    const code = files
      .filter((name) => /\.(tsx?|html)$/.test(name))
      .map(read)
      .join("\n");
    for (const [name, text] of rules) {
      for (const [, used] of text.matchAll(/\.([a-z][\w-]+)/g)) {
        assert.match(code, new RegExp(`\\b${used}\\b`), `.${used} of ${name}`);
      }
    }
  });
});
