import type { ViewProps } from "./route.ts";

export function History(_: ViewProps) {
  return <h1>History</h1>;
}
