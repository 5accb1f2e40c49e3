// What several views are made of.

import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { advice } from "./advice.ts";
import { ApiError, type SongName } from "./api.ts";
import { linkTo } from "./route.ts";
import { sentence } from "./text.ts";

export function asError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "page", String(error));
}

export interface Asked<T> {
  data: T | null;
  error: ApiError | null;
  again: () => void;
}

// Asks when the page shows it first and whenever `key` changes; an answer that comes late is dropped.
export function useAsked<T>(ask: () => Promise<T>, key: unknown): Asked<T> {
  const [state, setState] = useState<{ data: T | null; error: ApiError | null }>({ data: null, error: null });
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    ask().then(
      (data) => mine === turn.current && setState({ data, error: null }),
      (error) => mine === turn.current && setState((old) => ({ data: old.data, error: asError(error) })),
    );
  }, [key]);
  useEffect(() => {
    again();
    return () => void turn.current++;
  }, [again]);
  return { ...state, again };
}

// What went wrong, and what to do.
export function Trouble({ error, again }: { error: ApiError; again?: () => void }) {
  const todo = advice(error.kind);
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{sentence(error.message)}</strong>
      </p>
      {todo && <p>{todo.text}</p>}
      {(again || todo?.link) && (
        <p class="row">
          {again && (
            <button type="button" onClick={again}>
              Try again
            </button>
          )}
          {todo?.link && <Away {...todo.link} />}
        </p>
      )}
    </div>
  );
}

// A link of this page, or to another site in a tab of its own.
export function Away({ text, href, plain }: { text: string; href: string; plain?: boolean }) {
  const leaves = href.startsWith("http");
  return (
    <a
      class={plain ? undefined : "button"}
      href={href}
      {...(leaves ? { target: "_blank", rel: "noreferrer noopener" } : {})}
    >
      {text}
      {leaves && <span class="hidden-text"> (opens in a new tab)</span>}
    </a>
  );
}

// Waiting, trouble, or what came.
export function Answer<T>({
  asked,
  children,
}: {
  asked: Asked<T>;
  children: (data: T) => ComponentChildren;
}) {
  if (asked.data !== null) {
    return (
      <>
        {asked.error && <Trouble error={asked.error} again={asked.again} />}
        {children(asked.data)}
      </>
    );
  }
  if (asked.error) return <Trouble error={asked.error} again={asked.again} />;
  return (
    <p class="muted" aria-busy="true">
      One moment …
    </p>
  );
}

// A song's name is somebody's text, in any script and of any length: only ever a text node, and isolated.
export function SongLink({ song }: { song: SongName }) {
  return (
    <span class="song-name">
      <a href={linkTo("song", { track: song.id })} title={song.name}>
        <bdi>{song.name || "(no name)"}</bdi>
      </a>
      <bdi class="muted" title={song.artists}>
        {song.artists}
      </bdi>
    </span>
  );
}

export function Bar({ value, label }: { value: number; label: string }) {
  return (
    <span class="bar" role="img" aria-label={label}>
      <span style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
    </span>
  );
}

export function Switch(props: {
  on: boolean;
  label: string;
  change: (on: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={props.on}
      aria-label={props.label}
      disabled={props.disabled ?? false}
      onClick={() => props.change(!props.on)}
    >
      <span />
    </button>
  );
}

// A modal dialog; the browser keeps the focus in it and gives it back.
export function Dialog(props: { title: string; close: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <dialog ref={element} aria-label={props.title} onClose={props.close}>
      <h2>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

// A long list of which only what can be seen is in the document. Every row is `height` pixels high.
export function LongList<T>(props: {
  items: T[];
  height: number;
  label: string;
  row: (item: T, index: number) => ComponentChildren;
}) {
  const element = useRef<HTMLUListElement>(null);
  const [range, setRange] = useState({ from: 0, to: 30 });
  useEffect(() => {
    const look = () => {
      const box = element.current?.getBoundingClientRect();
      if (!box) return;
      const from = Math.max(0, Math.floor(-box.top / props.height) - 10);
      const to = Math.ceil((innerHeight - box.top) / props.height) + 10;
      setRange((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [props.height, props.items.length]);
  const shown = props.items.slice(range.from, range.to);
  return (
    <ul
      ref={element}
      class="long list"
      aria-label={props.label}
      style={{ height: `${props.items.length * props.height}px` }}
    >
      {shown.map((item, i) => (
        <li
          key={range.from + i}
          aria-setsize={props.items.length}
          aria-posinset={range.from + i + 1}
          style={{ top: `${(range.from + i) * props.height}px`, height: `${props.height}px` }}
        >
          {props.row(item, range.from + i)}
        </li>
      ))}
    </ul>
  );
}

// --- short messages that everybody hears

let say: (text: string, bad: boolean) => void = () => {};

export function notify(text: string): void {
  say(text, false);
}

export function complain(error: unknown): void {
  const { message, kind } = asError(error);
  const todo = advice(kind);
  say(todo ? `${sentence(message)} ${todo.text}` : sentence(message), true);
}

export function Notices() {
  const [notices, setNotices] = useState<{ id: number; text: string; bad: boolean }[]>([]);
  const last = useRef(0);
  say = (text, bad) => {
    const id = ++last.current;
    setNotices((old) => [...old.slice(-2), { id, text, bad }]);
    if (!bad) setTimeout(() => setNotices((old) => old.filter((notice) => notice.id !== id)), 6000);
  };
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <p key={notice.id} class={notice.bad ? "bad" : ""}>
          {notice.text}
          <button
            class="plain"
            aria-label="Dismiss"
            onClick={() => setNotices((old) => old.filter((other) => other.id !== notice.id))}
          >
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
