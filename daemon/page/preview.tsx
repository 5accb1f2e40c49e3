// The dry run as a page: what the next sort would do, less what one takes out of it, and then that.

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, post, type Plan } from "./api.ts";
import { outcome, refresh, useLive } from "./live.ts";
import { asError, Trouble } from "./parts.tsx";
import { refusal, Selection } from "./plan.ts";
import { PlanView } from "./plan_view.tsx";
import { cameFrom, linkTo, type ViewProps } from "./route.ts";
import { count, number, sentence } from "./text.ts";

interface Result {
  run: number;
  added: number;
  removed: number;
  requests: number;
  playlists: { name: string; created: boolean }[];
  notes: string[];
  exit_status: number;
}

type Stage =
  | { at: "looking" }
  | { at: "plan"; selection: Selection; yes: boolean }
  | { at: "stopped"; error: ApiError }
  | { at: "applying"; adds: number; removes: number }
  | { at: "done"; result: Result }
  | { at: "failed"; error: ApiError; message: string; refused: boolean };

function Heading({ text }: { text: string }) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => element.current?.focus(), []);
  return (
    <h2 ref={element} tabIndex={-1} class="stage">
      {text}
    </h2>
  );
}

function Looking() {
  const { progress } = useLive();
  return (
    <section class="card quiet" aria-busy="true">
      <h2>Looking at your songs and playlists</h2>
      <p class="muted">
        {progress
          ? "How far it is stands above. Nothing is changed."
          : "This reads what is new at Spotify and compares it with your playlists. Nothing is changed."}
      </p>
      <progress aria-label="Looking" />
    </section>
  );
}

// The safety stop: more than half of the likes are gone.
function Stopped({ error, again, yes }: { error: ApiError; again: () => void; yes: () => void }) {
  const [sure, setSure] = useState(false);
  if (error.kind !== "confirm") {
    return (
      <>
        <Trouble error={error} again={again} />
        {error.kind === "login" && <a href={linkTo("start")}>Log in</a>}
        {error.kind === "usage" && <a href={linkTo("choose")}>Choose genres</a>}
      </>
    );
  }
  return (
    <section class="card safety">
      <Heading text="A safety stop" />
      <p>{sentence(error.message.split(": if ")[0] ?? error.message)}</p>
      <p>
        A list that was cut off on its way looks like this, so genred believes nothing of it and changes
        nothing. Look into Spotify: if your likes are there, try again later.
      </p>
      <p>
        If you did take them back, go on. You see all that would leave your playlists before anything does.
        Songs that were judged anew, and would stay otherwise, are among those to leave.
      </p>
      <label class="check">
        <input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />I
        took these likes back myself
      </label>
      <p class="row">
        <button onClick={again}>Look again</button>
        <button class="danger" disabled={!sure} onClick={yes}>
          Go on to the preview
        </button>
      </p>
    </section>
  );
}

function Notes({ notes, partly }: { notes: string[]; partly: boolean }) {
  if (notes.length === 0) return null;
  return (
    <div class="band notes">
      {partly && <p class="strong">Not everything could be read or done:</p>}
      <ul>
        {notes.map((note) => (
          <li key={note}>{sentence(note)}</li>
        ))}
      </ul>
    </div>
  );
}

function Finished({ result, again }: { result: Result; again: () => void }) {
  const made = result.playlists.filter((playlist) => playlist.created);
  return (
    <section class="card">
      <Heading text={result.exit_status === 0 ? "Done" : "Partly done"} />
      <p>
        {count(result.added, "song")} put in, {number(result.removed)} taken out, with{" "}
        {count(result.requests, "call")} to Spotify.
      </p>
      {made.length > 0 && (
        <p>
          New:{" "}
          {made.map((playlist, i) => (
            <span key={i}>
              {i > 0 && ", "}
              <bdi>{playlist.name}</bdi>
            </span>
          ))}
        </p>
      )}
      <Notes notes={result.notes} partly={result.exit_status !== 0} />
      <p class="row">
        <a class="button primary" href={linkTo("home")}>
          Home
        </a>
        <a class="button" href={linkTo("history", { run: String(result.run) })}>
          What it did, and undo
        </a>
        <button onClick={again}>Preview again</button>
      </p>
    </section>
  );
}

// A look at one of the songs does not cost what was ticked.
let left: Stage | null = null;

export function Preview(_: ViewProps) {
  const [stage, setStage] = useState<Stage>({ at: "looking" });
  const latest = useRef(stage);
  latest.current = stage;
  const turn = useRef(0);
  const look = async (yes: boolean) => {
    const mine = ++turn.current;
    setStage({ at: "looking" });
    try {
      const { run } = await post<{ run: number }>("/api/sort", { dry_run: true, ...(yes ? { yes } : {}) });
      const plan = (await outcome(run)) as unknown as Plan;
      if (mine === turn.current) setStage({ at: "plan", selection: new Selection(plan), yes });
    } catch (error) {
      if (mine === turn.current) setStage({ at: "stopped", error: asError(error) });
    }
  };
  useEffect(() => {
    if (left && cameFrom() === "song") setStage(left);
    else void look(false);
    left = null;
    return () => {
      turn.current++;
      left = latest.current.at === "plan" ? latest.current : null;
    };
  }, []);
  const apply = async (selection: Selection, yes: boolean) => {
    const mine = ++turn.current;
    const { order, names } = selection.order();
    const { add, remove } = selection.total();
    setStage({ at: "applying", adds: add, removes: remove });
    let next: Stage;
    try {
      const { run } = await post<{ run: number }>("/api/apply", { ...order, ...(yes ? { yes } : {}) });
      next = { at: "done", result: (await outcome(run)) as unknown as Result };
      void refresh();
    } catch (thrown) {
      const error = asError(thrown);
      const refused = error.kind === "confirm" && error.message.startsWith("nothing was changed");
      next = { at: "failed", error, refused, message: refusal(error.message, names) };
    }
    if (mine === turn.current) setStage(next);
  };
  return (
    <>
      <h1>Preview</h1>
      {stage.at === "looking" && <Looking />}
      {stage.at === "stopped" && (
        <Stopped error={stage.error} again={() => void look(false)} yes={() => void look(true)} />
      )}
      {stage.at === "plan" && (
        <>
          <Notes notes={stage.selection.plan.notes} partly={stage.selection.plan.exit_status === 3} />
          <PlanView
            selection={stage.selection}
            again={() => void look(stage.yes)}
            apply={() => void apply(stage.selection, stage.yes)}
          />
        </>
      )}
      {stage.at === "applying" && (
        <section class="card quiet" aria-busy="true">
          <Heading text="Writing your playlists" />
          <p class="muted">
            {number(stage.adds)} in, {number(stage.removes)} out. You may leave this page or close it: genred
            goes on, and History tells how it ended.
          </p>
          <progress aria-label="Writing" />
        </section>
      )}
      {stage.at === "done" && <Finished result={stage.result} again={() => void look(false)} />}
      {stage.at === "failed" && (
        <section class="card">
          <Heading text={stage.refused ? "Nothing was changed" : "It did not end well"} />
          <p>
            {stage.refused
              ? "Since this preview was made, what it was made for has changed:"
              : "What was written stays, and the next sync goes on with the rest."}
          </p>
          <p class="bad">
            {sentence(stage.message.replace(/^nothing was changed, because the plan no longer fits: /, ""))}
          </p>
          <p class="row">
            <button class="primary" onClick={() => void look(false)}>
              Make a new preview
            </button>
            <a class="button" href={linkTo("history")}>
              History
            </a>
          </p>
        </section>
      )}
    </>
  );
}
