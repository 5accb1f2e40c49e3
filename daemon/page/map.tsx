import type { ViewProps } from "./route.ts";

export function MapView(_: ViewProps) {
  return <h1>MapView</h1>;
}
