import type { ViewProps } from "./route.ts";

export function Statistics(_: ViewProps) {
  return <h1>Statistics</h1>;
}
