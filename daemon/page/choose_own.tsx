// Genres of one's own, by a rule: a dialog that shows at once what the rule finds.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError, post, type Genre, type RulePreview } from "./api.ts";
import type { Chooser } from "./choose_state.ts";
import { flat, fold } from "./genres.ts";
import { asError, Dialog, notify } from "./parts.tsx";
import { count, sentence } from "./text.ts";

const WAIT = 400; // ms without a key

const examples: [string, string][] = [
  ["(rock or folk) and energy < 0.4 and not metal", "calm songs of two genres"],
  ["pop and decade = 90s", "a genre of some years"],
  ["tempo >= 165 and energy > 0.7", "fast and loud"],
  ['tag "film score" and not explicit', "words in its genre tags"],
  ["language = fr and duration < 3m", "short songs in French"],
];

const terms: [string, string][] = [
  ["rock, indie-folk", "the song is of that genre; a name with blanks stands in quotes"],
  ["energy, valence, danceability, acousticness …", "0 to 1, with <, <=, >, >=, = or !="],
  ["tempo, loudness", "beats per minute, dB"],
  ["year, decade, duration", "as 1994, 90s and 3m"],
  ["language", "as en, es or ja, if the title tells"],
  ['tag "…", explicit', "words in a tag; marked as explicit"],
  ["and, or, not, ( )", "not binds closest, then and, then or"],
];

interface Draft {
  title: string;
  rule: string;
}

// What is not saved yet outlives a reload and a dialog that was closed.
function keyOf(genre: Genre | null): string {
  return `genred-rule ${genre?.name ?? ""}`;
}

function draftOf(genre: Genre | null): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(genre)) ?? "null") as Draft | null;
    if (kept) return kept;
  } catch {
    // begins anew
  }
  return { title: genre?.title ?? "", rule: genre?.rule ?? "" };
}

type Seen = { rule: string; found: RulePreview | null; error: ApiError | null } | null;

function usePreview(rule: string): Seen {
  const [seen, setSeen] = useState<Seen>(null);
  useEffect(() => {
    let mine = true;
    if (rule === "") return setSeen(null);
    const timer = setTimeout(() => {
      post<RulePreview>("/api/rule", { rule }).then(
        (found) => mine && setSeen({ rule, found, error: null }),
        (error) => mine && setSeen({ rule, found: null, error: asError(error) }),
      );
    }, WAIT);
    return () => {
      mine = false;
      clearTimeout(timer);
    };
  }, [rule]);
  return seen;
}

function Found({ rule, seen }: { rule: string; seen: Seen }) {
  const late = seen !== null && seen.rule !== rule;
  return (
    <div class={`found ${late ? "late" : ""}`} role="status" aria-busy={late}>
      {rule === "" && <p class="muted">Write a rule, or press one of the examples.</p>}
      {rule !== "" && !seen && <p class="muted">One moment …</p>}
      {rule !== "" && seen?.error && <p class="bad">{sentence(seen.error.message)}</p>}
      {rule !== "" && seen?.found && (
        <>
          <p>
            <strong>{count(seen.found.count, "song")}</strong>
            {seen.found.count === 0 && " so far. What is not known of a song is never a yes."}
          </p>
          {seen.found.examples.length > 0 && (
            <ul class="found-songs">
              {seen.found.examples.map((song) => (
                <li key={song.id}>
                  <bdi>{song.name || "(no name)"}</bdi> <bdi class="muted">{song.artists}</bdi>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}

function Help({ use }: { use: (rule: string) => void }) {
  return (
    <details class="rule-help" open>
      <summary>How a rule is written</summary>
      <ul class="rule-examples">
        {examples.map(([rule, what]) => (
          <li key={rule}>
            <button type="button" class="rule-example" onClick={() => use(rule)}>
              <code>{rule}</code>
              <span class="muted">{what}</span>
            </button>
          </li>
        ))}
      </ul>
      <dl class="rule-terms">
        {terms.map(([term, what]) => (
          <div key={term}>
            <dt>
              <code>{term}</code>
            </dt>
            <dd class="muted">{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

// genre null: a new one.
export function OwnDialog(props: { genre: Genre | null; chooser: Chooser; close: () => void }) {
  const { genre, chooser } = props;
  const [draft, setDraft] = useState(() => draftOf(genre));
  const [error, setError] = useState<ApiError | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const rule = draft.rule.replace(/\s+/g, " ").trim();
  const title = draft.title.trim();
  const seen = usePreview(rule);
  const write = (change: Partial<Draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    setError(null);
    sessionStorage.setItem(keyOf(genre), JSON.stringify(next));
  };
  const close = () => {
    if (genre) sessionStorage.removeItem(keyOf(genre));
    props.close();
  };
  const save = () => {
    const before = new Set(flat(chooser.tree?.genres ?? []).map(({ name }) => name));
    const taken = [...flat(chooser.tree?.genres ?? []), ...(chooser.tree?.hidden ?? [])].some(
      (other) =>
        other.name !== genre?.name && [other.name, other.title].some((text) => fold(text) === fold(title)),
    );
    if (taken) {
      setError(new ApiError(400, "usage", `there is a genre '${title}' already: choose another name`));
      return;
    }
    chooser
      .edit({
        genre: genre?.name ?? title,
        rule,
        ...(genre && title !== genre.title ? { title } : {}),
      })
      .then(
        (made) => {
          sessionStorage.removeItem(keyOf(genre));
          const fresh = flat(made.genres).find(({ name }) => !before.has(name));
          if (!genre && fresh) chooser.chosen.set("genres", { [fresh.name]: true });
          notify(genre ? `${title} is kept.` : `${title} is kept and chosen.`);
          props.close();
        },
        (caught) => setError(asError(caught)),
      );
  };
  return (
    <Dialog title={genre ? "Your own genre" : "A genre of your own"} close={close}>
      <form
        class="own-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label class="field">
          Name
          <input
            type="text"
            required
            maxLength={60}
            autocomplete="off"
            value={draft.title}
            onInput={(event) => write({ title: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          Rule
          <textarea
            ref={area}
            required
            rows={3}
            spellcheck={false}
            autocapitalize="off"
            maxLength={2000}
            aria-describedby={id}
            value={draft.rule}
            onInput={(event) => write({ rule: event.currentTarget.value })}
          />
        </label>
        <div id={id}>
          <Found rule={rule} seen={seen} />
        </div>
        {error && (
          <p class="bad" role="alert">
            {sentence(error.message)}
          </p>
        )}
        {chooser.running && <p class="note">A run is at work. You can save when it is done.</p>}
        <div class="row dialog-end">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            class="primary"
            disabled={chooser.editing || title === "" || rule === "" || (seen?.rule === rule && !!seen.error)}
          >
            Save
          </button>
        </div>
        <Help
          use={(example) => {
            write({ rule: example });
            area.current?.focus();
          }}
        />
      </form>
    </Dialog>
  );
}
