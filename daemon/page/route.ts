// Where one is: "#/song?track=ID" is the view "song" with its values.

import { useEffect, useState } from "preact/hooks";

export interface Place {
  view: string;
  values: URLSearchParams;
}

let before = ""; // the view one came from
addEventListener("hashchange", (event) => (before = placeOf(new URL(event.oldURL).hash).view));

export function cameFrom(): string {
  return before;
}

export interface ViewProps {
  values: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { view: path || "home", values: new URLSearchParams(search) };
}

export function linkTo(view: string, values: Record<string, string> = {}): string {
  const search = new URLSearchParams(values).toString();
  return `#/${view}${search ? `?${search}` : ""}`;
}

export function go(view: string, values: Record<string, string> = {}): void {
  location.hash = linkTo(view, values);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = () => setPlace(placeOf(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}
