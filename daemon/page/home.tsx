import type { ViewProps } from "./route.ts";

export function Home(_: ViewProps) {
  return <h1>genred</h1>;
}
