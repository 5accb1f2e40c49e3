// One of many, found by typing some letters of its name: a combobox whose list is always open.

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { fold } from "./genres.ts";

export interface Option {
  name: string;
  title: string;
  note?: string;
}

export function Pick(props: {
  label: string;
  options: Option[];
  pick: (name: string) => void;
  focus?: boolean;
}) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const shown = useMemo(() => {
    const wanted = fold(text);
    const found = props.options.filter(
      (option) => fold(option.title).includes(wanted) || fold(option.name).includes(wanted),
    );
    const rank = (option: Option) => {
      const title = fold(option.title);
      return title === wanted ? 0 : title.startsWith(wanted) ? 1 : 2;
    };
    return wanted ? found.sort((a, b) => rank(a) - rank(b)) : found;
  }, [text, props.options]);
  useEffect(() => {
    if (props.focus) input.current?.focus();
  }, []);
  useEffect(
    () => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
    [at],
  );
  const key = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && shown[at]) props.pick(shown[at].name);
    else return;
    event.preventDefault();
  };
  return (
    <div class="pick">
      <label class="field">
        {props.label}
        <input
          ref={input}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={id}
          aria-activedescendant={shown.length ? `${id}-${at}` : undefined}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
      </label>
      <ul id={id} ref={list} role="listbox" aria-label={props.label}>
        {shown.map((option, i) => (
          <li
            key={option.name}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => props.pick(option.name)}
          >
            <bdi>{option.title}</bdi>
            {option.note && <span class="muted">{option.note}</span>}
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="muted">No genre has these letters in its name.</p>}
    </div>
  );
}
