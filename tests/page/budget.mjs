// What the page may cost, from budgets.txt; every figure is printed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const budgets = new Map(
  readFileSync(new URL("budgets.txt", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split(/\s+/, 2)),
);

export function hold(name, value) {
  const most = Number(budgets.get(name));
  assert.ok(most >= 0, `budgets.txt does not name ${name}`);
  console.log(`  ${name.padEnd(26)} ${value.toFixed(1)} of ${most}`);
  assert.ok(value <= most, `${name} is ${value}, at most ${most} in tests/page/budgets.txt`);
}
