import type { ViewProps } from "./route.ts";

export function Choose(_: ViewProps) {
  return <h1>Choose</h1>;
}
