// What the daemon tells by itself: its status and the events of its runs, without asking again and again.

import { useEffect, useState } from "preact/hooks";
import { ApiError, get, session, type Session, type Status } from "./api.ts";

export interface Event {
  message_type: "progress" | "summary" | "error" | "map";
  run?: number;
  job?: string;
  step?: string;
  done?: number;
  total?: number;
  message?: string;
  [key: string]: unknown;
}

export interface Live {
  status: Status | null;
  progress: Event | null; // of the run under way
  connected: boolean;
  problem: ApiError | null; // why there is no status
  ended: number; // how many runs ended since the page is open: a key for what they may have changed
}

let live: Live = { status: null, progress: null, connected: false, problem: null, ended: 0 };
const watchers = new Set<(live: Live) => void>();
const listeners = new Set<(event: Event) => void>();

function tell(change: Partial<Live>): void {
  live = { ...live, ...change };
  for (const watcher of watchers) watcher(live);
}

let asked = 0; // only the newest answer counts

export async function refresh(): Promise<void> {
  const mine = ++asked;
  try {
    const status = await get<Status>("/api/status");
    if (mine !== asked) return;
    tell({ status, problem: null, ...(status.running ? {} : { progress: null }) });
  } catch (error) {
    tell({ problem: error instanceof ApiError ? error : new ApiError(0, "page", String(error)) });
  }
}

function take(event: Event): void {
  if (event.message_type === "progress") {
    if (event.job !== "login") {
      const begins = live.progress?.run !== event.run;
      tell({ progress: event });
      if (begins) void refresh();
    }
  } else if (event.message_type === "summary" || event.message_type === "error") {
    tell({ progress: null, ended: live.ended + 1 });
    void refresh();
  }
  for (const listener of listeners) listener(event);
}

let source: EventSource | null = null;
let again = 0; // the timer of the next attempt
let wait = 1000;
let met = false; // the daemon answered once
let lockedOut: (session: Session) => void = () => {};

// The stream was refused: the daemon may want the password once more.
function retry(): void {
  clearTimeout(again);
  again = setTimeout(() => {
    session().then((answer) => {
      if (answer.password === "wanted") lockedOut(answer);
      else open();
    }, retry);
  }, wait);
  wait = Math.min(wait * 2, 30000);
}

function open(): void {
  clearTimeout(again);
  source?.close();
  const mine = new EventSource("/api/events");
  source = mine;
  mine.onopen = () => {
    wait = 1000;
    // After a break nobody knows what has ended meanwhile.
    tell({ connected: true, ended: live.ended + (met ? 1 : 0) });
    met = true;
    void refresh();
  };
  mine.onmessage = (message) => take(JSON.parse(message.data) as Event);
  mine.onerror = () => {
    tell({ connected: false });
    if (mine === source && mine.readyState === EventSource.CLOSED) retry();
  };
}

// Connects for as long as the page is open, also after a break; `locked` is told when the daemon wants
// its password again.
export function connect(locked: (session: Session) => void): void {
  lockedOut = locked;
  wait = 1000;
  open();
}

addEventListener("online", () => {
  if (source && !live.connected) open();
});

// A browser opens six connections to one host, whatever the number of its tabs: one that nobody looks at
// lets its stream go.
const HIDDEN_MS = 20000;
let hidden = 0; // the timer
document.addEventListener("visibilitychange", () => {
  clearTimeout(hidden);
  if (document.hidden) {
    hidden = setTimeout(() => source?.close(), HIDDEN_MS);
  } else if (source?.readyState === EventSource.CLOSED) {
    clearTimeout(again);
    wait = 1000;
    open();
  }
});

export function useLive(): Live {
  const [seen, setSeen] = useState(live);
  useEffect(() => {
    watchers.add(setSeen);
    setSeen(live);
    return () => void watchers.delete(setSeen);
  }, []);
  return seen;
}

export function useEvents(listener: (event: Event) => void): void {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  });
}

// The last event of a run: its summary, or an ApiError with why it failed. The run is listened to by a
// stream of its own, which also tells what ended before one listened.
export function outcome(run: number): Promise<Event> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/api/events?run=${run}`);
    source.onmessage = (message) => {
      const event = JSON.parse(message.data) as Event;
      if (event.message_type === "summary") {
        source.close();
        resolve(event);
      } else if (event.message_type === "error") {
        source.close();
        reject(new ApiError(500, String(event.error ?? "run"), event.message ?? "the run failed"));
      }
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      reject(new ApiError(404, "run", "genred tells no more of this run; History shows whether it was done"));
    };
  });
}
