// The daemon's documents, as daemon/route.c answers them, and the one way to ask for them.

export interface SongName {
  id: string;
  name: string;
  artists: string;
}

export interface Problem {
  error: string; // one word, as "login" or "usage"
  message: string; // a sentence without a full stop
  exit_status: number;
}

export interface Session {
  token: string | null; // for every write; null while a password is asked for
  password: "none" | "wanted" | "given";
  encrypted: boolean; // false: this page came over the network without TLS
}

export interface Setup {
  client_id: string; // "" while none is set
  client_id_fixed: boolean; // set in the configuration file or the environment: not to be changed here
  redirect_uri: string; // to be copied into the app's settings
  dashboard: string; // where one gets a client id
  config_file: string | null;
}

export interface KeptPlaylist {
  genre: string;
  name: string;
  id: string | null;
  total: number;
  state: string; // "active", "gone", "missing"; "left": there is no such genre any more
}

export interface Budget {
  last_30_s: number;
  last_day: number;
  ceiling: number;
  room_at: string | null;
}

export interface Running {
  run: number;
  job: string;
  step: string;
  done: number;
  total: number;
}

export interface Status {
  logged_in: boolean;
  user: string | null;
  login_expires_at: string | null;
  login_days_left: number | null;
  liked: number;
  others: number;
  labelled: number;
  with_statistics: number;
  with_tags: number;
  playlists: KeptPlaylist[];
  genres: string[];
  last_sync: string | null;
  last_sort: string | null;
  next_sync: string | null;
  cooldown_until: string | null;
  budget: Budget;
  access: string;
  sources_pending: number;
  client_id_set: boolean;
  running: Running | null;
  version: string;
  warnings: string[];
  sound?: boolean; // whether a dropped sound file can be named; not told: it is not known
  account?: string | null; // its name; null: the first one
  accounts?: { name: string; running: boolean }[]; // the others, told by the first
}

export interface Genre {
  name: string;
  title: string;
  tracks: number;
  chosen: boolean;
  playlist: { name: string; id: string | null; total: number } | null;
  examples: SongName[]; // the surest, at most 3
  threshold: number | null; // the person's own; null: the model's
  rule: string | null; // of an own genre
  from_page: boolean; // an own genre, name, threshold or merge that was set here, not in genres.conf
  merged: string[]; // names of the genres that count as this one
  children: Genre[];
}

export interface Genres {
  songs: number;
  genres: Genre[];
  hidden: { name: string; title: string; merged_into: string | null }[]; // not among the genres
}

// What a threshold would mean. The songs that the person gave or refused the genre count always.
export interface Curve {
  genre: string;
  threshold: number | null; // the person's own; null: the model's, which differs with what is known
  shown: number; // where the pointer starts: the own one, or the median of the model's
  count: number; // of songs as it is now
  precision: number | null; // expected, as it is now: the mean of p, where the person's word is 1
  points: { threshold: number; count: number; precision: number | null }[]; // ascending
}

// What the page may do to the tree; it is laid over genres.conf and never written into it. Answered
// with Genres. 400 with one sentence where the tree cannot be made so, 409 while a run is at work.
export interface TreeEdit {
  genre: string; // name, alias or title; of a new own genre what it is to be called (see rule)
  title?: string | null; // null: what it is without the page
  threshold?: number | null; // null: the model's again
  merge_into?: string | null; // null: by itself again
  hidden?: boolean;
  rule?: string | null; // makes or changes an own genre; null: removes it, or gives it genres.conf's again
}

export interface RulePreview {
  count: number;
  examples: SongName[];
}

// POST /api/region {name, tracks}: an own genre (its rule is "none") that holds the songs picked, at
// most 50,000; adds to it when it is there already. It is chosen; removing it (TreeEdit rule null)
// forgets which songs they were.
export interface Region {
  genre: string; // its name
  tracks: number; // of the genre now
}

// Own playlists are among the places once POST /api/places (-> {run}) has read their list.
export interface Place {
  id: string; // "liked", "albums", "playlist:ID"
  name: string;
  total: number | null;
  chosen: boolean;
  refused: boolean; // Spotify would not show it
}

export interface Choice {
  genres: string[];
  from: string[];
  places: Place[]; // the likes, the saved albums, the person's own playlists
  from_fixed: boolean; // set in the environment; what was chosen here counts more than the file
}

export interface Guess {
  genre: string;
  p: number;
  threshold: number;
}

export interface Unsure extends SongName {
  guesses: Guess[];
  reasons: string[];
}

export interface Review {
  songs: number;
  unsure: number;
  tracks: Unsure[];
}

// A song that a dry run of /api/sort would move, keep or leave out.
export interface Change extends SongName {
  verb: "add" | "remove" | "hold" | "veto"; // hold: judged anew, stays until the person agrees
  playlist: number; // the row of a volume
  p?: number; // absent: not known
  threshold?: number;
  why: "probable" | "said" | "unliked" | "unlikely" | "edited" | "undone";
}

export interface PlannedPlaylist {
  genre: string;
  name: string | null;
  id: string | null; // null: it is yet to be made
  added: number;
  removed: number;
  total: number; // after the changes
  held: number;
  theirs: number; // songs that the person put in
  volumes: { row: number; id: string | null; name: string; snapshot: string }[];
  changes: Change[];
}

export interface Plan {
  run: number;
  tracks: number;
  labelled: number;
  unsorted: number;
  added: number;
  removed: number;
  playlists: PlannedPlaylist[];
  cost: {
    reads: number;
    writes: number;
    seconds: number;
    sources: { name: string; calls: number; seconds: number }[];
  };
  notes: string[];
  exit_status: number; // 3: partly, the notes say what is missing
}

// What /api/apply takes: a line per volume. Songs that are not in it are left as they are.
export interface PlanOrder {
  playlists: {
    line: number; // is named when it no longer fits
    id: string; // "": yet to be made
    snapshot: string;
    genre: string;
    changes: { line: number; verb: "add" | "remove"; id: string }[];
  }[];
  yes?: boolean; // the person's word that likes which are gone were taken back
}

export interface Labelled extends SongName {
  excluded: boolean;
  genres: { genre: string; p: number; yours: boolean }[];
  moved: (SongName & { genre: string; entered: boolean; p: number })[]; // other songs, once per genre
}

export interface Part {
  input: string; // "tag", "artist", "sound", ...
  what: string;
  logit: number;
  share: number; // 0 .. 1 of all parts
  source: string;
}

export interface Why extends SongName {
  excluded: boolean;
  genres: {
    genre: string;
    p: number;
    p_of_nothing: number;
    logit: number;
    logit_of_nothing: number;
    parts: Part[];
    corrections: number; // what the person's words on other songs add to the logit
    threshold: number;
    is: boolean;
    yours: boolean; // the person's word counts, whatever the parts say
  }[];
}

export interface SongNumber {
  name: string; // "tempo"
  title: string;
  value: number | null; // null: not known
  source: string | null; // "reccobeats 2026-11-21"
  low: number; // where the first bin begins
  high: number; // where the last one ends
  all: number[]; // bins of one width, 24 or one per value: the person's songs
  genre: number[]; // as many bins: those of the genre asked for
}

export interface Song extends SongName {
  album: string;
  year: number | null;
  duration_ms: number | null;
  liked_at: string | null;
  tags: string[];
  excluded: boolean;
  genre: string | null; // whose songs the numbers are held against
  genres: {
    name: string;
    title: string;
    p: number;
    threshold: number;
    is: boolean;
    word: -1 | 0 | 1; // the person: it is not, nothing, it is
    playlist: boolean;
  }[]; // all that it is of, what the person said, and the likeliest others
  numbers: SongNumber[];
  sources: { name: string; title: string; said: string; at: string | null }[];
}

export interface Similar {
  tracks: (SongName & { cosine: number })[];
}

export interface SongMap {
  state: "ready" | "computing" | "absent"; // absent: no song is labelled yet
  done: number; // 0 .. 1 of what is being computed
  genres: { name: string; title: string }[]; // families, in a fixed order; a song's is an index
  id: string[];
  name: string[];
  artists: string[];
  genre: number[]; // the likeliest family; -1: unsure
  x: number[]; // -1 .. 1
  y: number[];
}

export interface Statistics {
  songs: number;
  genres: { name: string; title: string; tracks: number }[]; // families with songs, most first
  months: { from: string; counts: number[][] }; // from "2019-03"; counts[month][genre]
  decades: { decade: number; counts: number[] }[]; // counts[genre]
  tempo: { low: number; high: number; bins: number[]; known: number };
  energy: { genre: string; mean: number; low: number; high: number; known: number }[]; // quartiles
  artists: { name: string; tracks: number; genre: string | null }[]; // most first, at most 30
}

// GET /api/exclusions: all; POST /api/exclude {items, artist?, forget?}: those that were named.
export interface Exclusions {
  songs: SongName[];
  artists: { id: string; name: string; songs: number }[];
}

export interface Run {
  id: number;
  job: string;
  started_at: string;
  finished_at: string | null;
  outcome: string;
  message: string;
  requests: number;
  added: number;
  removed: number;
}

export interface RunPlaylist {
  name: string;
  genre: string;
  id: string; // "" while it has none
  created: boolean;
  unfollowed: boolean;
  followed: boolean;
  added: number;
  removed: number;
  changes: (SongName & { verb: "add" | "remove"; place: number })[];
}

export interface RunDetail extends Run {
  playlists: RunPlaylist[];
}

// What a sound file is like.
export interface Heard {
  genres: { genre: string; p: number }[]; // likeliest first
  neighbours: (SongName & { cosine: number })[];
}

export interface SourceState {
  name: string;
  title: string;
  gives: string;
  state: string;
  tracks?: { all: number; known: number; pending: number; last_answer: string | null };
  artists?: { all: number; known: number; pending: number; last_answer: string | null };
  calls_left?: number;
  seconds_left?: number;
  cooldown_until?: string | null;
  next_call?: string | null;
  error?: string | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: the daemon does not answer
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}

let token: string | null = null;

// A Blob is sent as it is, everything else as JSON.
async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  const raw = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
  if (method !== "GET" && token) headers["X-Genred-Token"] = token;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, "unreachable", "genred does not answer; is it still running");
  }
  const text = await answer.text();
  let document: T & Partial<Problem>;
  try {
    document = JSON.parse(text);
  } catch {
    throw new ApiError(answer.status, "answer", text.trim() || `genred answered ${answer.status}`);
  }
  if (!answer.ok) {
    throw new ApiError(
      answer.status,
      document.error ?? "answer",
      document.message ?? `genred answered ${answer.status}`,
    );
  }
  return document;
}

export function get<T>(path: string): Promise<T> {
  return send<T>("GET", path);
}

// The token is asked for again once: a daemon that was started anew has another.
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  if (token === null) await session();
  try {
    return await send<T>("POST", path, body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind !== "token") throw error;
    await session();
    return send<T>("POST", path, body);
  }
}

// The file's bytes as they are.
export async function sendFile<T>(path: string, file: File): Promise<T> {
  return post<T>(path, file);
}

export async function session(): Promise<Session> {
  const answer = await send<Session>("GET", "/api/session");
  token = answer.token;
  return answer;
}

export async function signIn(password: string): Promise<Session> {
  const answer = await send<Session>("POST", "/api/session", { password });
  token = answer.token;
  return answer;
}

export function query(path: string, values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return `${path}?${search}`;
}
