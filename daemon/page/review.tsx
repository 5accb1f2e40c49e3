import type { ViewProps } from "./route.ts";

export function Review(_: ViewProps) {
  return <h1>Review</h1>;
}
