// The genre tree: finding in it, and what is said of its genres.

import { get, type Genre, type Genres } from "./api.ts";

export function flat(genres: Genre[]): Genre[] {
  return genres.flatMap((genre) => [genre, ...flat(genre.children)]);
}

// Without case and marks, so that "espanol" finds "español"; blanks and dashes are alike.
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}

export function isOwn(genre: Genre): boolean {
  return genre.rule !== null;
}

// Made of songs that were pointed at, on the map: its rule matches nothing.
export function isByHand(genre: Genre): boolean {
  return genre.rule?.trim().toLowerCase() === "none";
}

export function matches(genre: Genre, folded: string): boolean {
  return (
    folded === "" || [genre.title, genre.name, ...genre.merged].some((text) => fold(text).includes(folded))
  );
}

// Titles by name, also of merged and hidden genres.
export function titlesOf(tree: Genres | null): (name: string) => string {
  const titles = new Map<string, string>();
  for (const hidden of tree?.hidden ?? []) titles.set(hidden.name, hidden.title);
  for (const genre of flat(tree?.genres ?? [])) titles.set(genre.name, genre.title);
  return (name) => titles.get(name) ?? name;
}

export function getGenres(): Promise<Genres> {
  return get<Genres>("/api/genres");
}
