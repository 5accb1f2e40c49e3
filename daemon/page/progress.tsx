// The run under way: what it does, how far it is, and a way to end it.

import { useEffect, useState } from "preact/hooks";
import { post } from "./api.ts";
import { jobWord, stepWord } from "./jobs.ts";
import { useLive } from "./live.ts";
import { complain } from "./parts.tsx";
import { number } from "./text.ts";
import { until } from "./time.tsx";

export function Progress() {
  const { progress, status } = useLive();
  const [ended, setEnded] = useState<number | null>(null); // the run that is being cancelled
  const now = progress ?? status?.running ?? null;
  const run = now?.run;
  useEffect(() => setEnded(null), [run]);
  if (!now) return <p class="hidden-text" role="status" />;
  const { job = "", step = "", done = 0, total = 0 } = now;
  const waiting = progress?.waiting === undefined ? null : String(progress.waiting);
  const wait = waiting && `paused by ${waiting === "retry" ? "a failed answer" : "Spotify's rate limit"}`;
  const what = run !== undefined && ended === run ? "cancelling" : (wait ?? stepWord(step));
  const cancel = () => {
    setEnded(run ?? null);
    post("/api/cancel", { run }).catch((error) => {
      setEnded(null);
      complain(error);
    });
  };
  const title = status?.account ? `${jobWord(job)} (account ${status.account})` : jobWord(job);
  return (
    <section class="progress card" aria-label="Under way">
      {/* Heard once per step, not for every number. */}
      <p class="hidden-text" role="status">
        {title}: {what}
      </p>
      <p>
        <strong>{title}</strong> <span aria-hidden="true">· {what}</span>
        {wait && typeof progress?.until === "string" && <span> until {until(progress.until)}</span>}
        {!wait && total > 0 && (
          <span class="muted number">
            {" "}
            {number(done)} of {number(total)}
          </span>
        )}
      </p>
      <progress aria-label={title} {...(total > 0 && !wait ? { value: done, max: total } : {})} />
      <button onClick={cancel} disabled={ended === run}>
        Cancel
      </button>
    </section>
  );
}
