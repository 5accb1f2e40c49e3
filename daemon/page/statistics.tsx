// The library in charts that one would show to a friend.

import { get, type Statistics as Document } from "./api.ts";
import { useLive } from "./live.ts";
import { Answer, useAsked } from "./parts.tsx";
import { linkTo, type ViewProps } from "./route.ts";
import { Artists, Energy, Tempo } from "./statistics_sound.tsx";
import { Decades, Liking } from "./statistics_time.tsx";
import { count, number } from "./text.ts";

export function Statistics(_: ViewProps) {
  const { ended } = useLive();
  const asked = useAsked(() => get<Document>("/api/statistics"), ended);
  return (
    <>
      <h1>Statistics</h1>
      <Answer asked={asked}>
        {(statistics) =>
          statistics.genres.length === 0 ? (
            <p class="card">
              No song has its genres yet, so there is nothing to draw. A sort gives every song its genres:{" "}
              <a href={linkTo("home")}>start one</a>.
            </p>
          ) : (
            <>
              <p class="muted">
                {count(statistics.songs, "song")}. The largest genre is {statistics.genres[0]!.title}, with{" "}
                {number(statistics.genres[0]!.tracks)}.
              </p>
              <Liking statistics={statistics} />
              {statistics.months.counts.length < 2 && (
                <p class="card">All was liked within one month. What you liked when is drawn later.</p>
              )}
              <div class="charts">
                <Decades statistics={statistics} />
                <Tempo statistics={statistics} />
                <Energy statistics={statistics} />
                <Artists statistics={statistics} />
              </div>
            </>
          )
        }
      </Answer>
    </>
  );
}
