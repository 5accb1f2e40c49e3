import type { ViewProps } from "./route.ts";

export function Preview(_: ViewProps) {
  return <h1>Preview</h1>;
}
