import type { ViewProps } from "./route.ts";

export function Start(_: ViewProps) {
  return <h1>Start</h1>;
}
