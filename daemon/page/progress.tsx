// The run under way: what it does, how far it is, and a way to end it.

import { post } from "./api.ts";
import { useLive } from "./live.ts";
import { complain } from "./parts.tsx";
import { number } from "./text.ts";

const steps: Record<string, string> = {
  token: "renewing the login",
  liked: "reading your likes",
  gather: "reading your playlists and albums",
  features: "asking for statistics and tags",
  await: "waiting for the sources",
  label: "finding the genres",
  mirror: "looking at your playlists",
  plan: "comparing",
  write: "writing playlists",
};

export function Progress() {
  const { progress, status } = useLive();
  const now = progress ?? status?.running ?? null;
  if (!now) return null;
  const { job = "", step = "", done = 0, total = 0, run } = now;
  const cancel = () => post("/api/cancel", { run }).catch(complain);
  return (
    <section class="progress card" aria-label="Under way">
      <p>
        <strong>{job}</strong>: {steps[step] ?? step}
        {total > 0 && ` (${number(done)} of ${number(total)})`}
      </p>
      <progress aria-label={job} {...(total > 0 ? { value: done, max: total } : {})} />
      <button onClick={cancel}>Cancel</button>
    </section>
  );
}
