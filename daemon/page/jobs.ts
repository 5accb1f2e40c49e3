// How the daemon's jobs and their steps are called here.

const jobs: Record<string, string> = {
  sync: "Sync",
  sort: "Sort",
  undo: "Undo",
  apply: "Apply a plan",
  adopt: "Take a playlist under care",
  release: "Leave a playlist to you",
  drop: "Let a playlist go",
  learn: "Learn from playlists",
  places: "Read your list of playlists",
  login: "Log in",
};

const steps: Record<string, string> = {
  liked: "reading your likes",
  gather: "reading your albums and playlists",
  statistics: "asking Spotify for audio statistics",
  artists: "asking Spotify for artists",
  dataset: "looking into imported files",
  await: "waiting for the other sources",
  label: "working out the genres",
  mirror: "looking at your playlists",
  plan: "comparing",
  write: "writing playlists",
  finish: "finishing",
  undo: "working out how it was before",
  apply: "checking the plan",
  adopt: "finding the playlist",
  find: "finding the playlists",
  read: "reading the playlists",
  offer: "looking for a rule",
  unfollow: "letting the playlist go",
  places: "reading your list of playlists",
};

export function jobWord(job: string): string {
  return jobs[job] ?? job;
}

export function stepWord(step: string): string {
  return steps[step] ?? step;
}
