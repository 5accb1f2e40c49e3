import type { ViewProps } from "./route.ts";

export function Song(_: ViewProps) {
  return <h1>Song</h1>;
}
