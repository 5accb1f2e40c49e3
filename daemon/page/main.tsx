// The frame of the page: where one can go, what runs, and the view one is at.

import { type ComponentType, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { session, type Session, type Status } from "./api.ts";
import "./main.css";
import { Home } from "./home.tsx";
import { connect, useLive } from "./live.ts";
import { asError, Notices, Trouble } from "./parts.tsx";
import { Password } from "./password.tsx";
import { Progress } from "./progress.tsx";
import { usePlace, type ViewProps } from "./route.ts";

type View = ComponentType<ViewProps>;

interface Row {
  title: string;
  icon?: string; // a path in a 24 x 24 box; without one the view is not in the navigation
  load?: () => Promise<View>;
}

const views: Record<string, Row> = {
  home: { title: "Home", icon: "M3 11 12 4l9 7v9h-6v-6H9v6H3z" },
  choose: {
    title: "Choose",
    icon: "M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4",
    load: () => import("./choose.tsx").then((m) => m.Choose),
  },
  review: {
    title: "Review",
    icon: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2m0 3v.5M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18",
    load: () => import("./review.tsx").then((m) => m.Review),
  },
  map: {
    title: "Map",
    icon: "M5 17h.01M9 8h.01M8 13h.01M13 11h.01M14 17h.01M16 6h.01M19 12h.01M12 5h.01",
    load: () => import("./map.tsx").then((m) => m.MapView),
  },
  statistics: {
    title: "Statistics",
    icon: "M4 20V10m5 10V4m5 16v-8m5 8V7",
    load: () => import("./statistics.tsx").then((m) => m.Statistics),
  },
  history: {
    title: "History",
    icon: "M4 12a8 8 0 1 0 3-6.2L4 8m0-4v4h4m4-1v5l3 3",
    load: () => import("./history.tsx").then((m) => m.History),
  },
  preview: { title: "Preview", load: () => import("./preview.tsx").then((m) => m.Preview) },
  song: { title: "Song", load: () => import("./song.tsx").then((m) => m.Song) },
  start: { title: "First steps", load: () => import("./start.tsx").then((m) => m.Start) },
};

const loaded = new Map<string, View>([["home", Home]]);

function Navigation({ at }: { at: string }) {
  return (
    <nav aria-label="Main">
      <a class="brand" href="#/" aria-label="genred, home">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M8 10h16M8 16h11M8 22h6" />
        </svg>
        genred
      </a>
      <ul>
        {Object.entries(views).map(
          ([name, view]) =>
            view.icon && (
              <li key={name}>
                <a href={`#/${name}`} aria-current={name === at ? "page" : undefined}>
                  <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d={view.icon} />
                  </svg>
                  {view.title}
                </a>
              </li>
            ),
        )}
      </ul>
    </nav>
  );
}

function Shown({ view, values }: { view: string; values: URLSearchParams }) {
  const [, setArrived] = useState("");
  const [error, setError] = useState<unknown>(null);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const row = views[view];
  const Now = loaded.get(view);
  // Another song or another run is another place, too; what else stands in the address is not.
  const place = `${view} ${values.get("track") ?? values.get("run") ?? ""}`;
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [place]);
  useEffect(() => {
    setError(null);
    document.title = row && view !== "home" ? `${row.title} · genred` : "genred";
    if (!row?.load || loaded.has(view)) return;
    row.load().then((arrived) => {
      loaded.set(view, arrived);
      setArrived(view);
    }, setError);
  }, [view]);
  return (
    <main id="main" ref={main} tabIndex={-1} data-view={Now ? view : undefined}>
      {!row && (
        <>
          <h1>There is nothing here</h1>
          <p>
            The address is not one of this page's. <a href="#/">Go home</a>
          </p>
        </>
      )}
      {error !== null && <Trouble error={asError(error)} again={() => location.reload()} />}
      {Now && <Now values={values} />}
    </main>
  );
}

// Nothing was ever sorted, and no playlist is kept: the first steps stand in place of home.
function isNew(status: Status): boolean {
  return !status.last_sort && status.playlists.length === 0;
}

function Frame() {
  const place = usePlace();
  const { status, connected, problem } = useLive();
  const atStart = place.view === "home" && status !== null && isNew(status);
  const view = atStart ? "start" : place.view;
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <Navigation at={place.view} />
      <div class="content">
        {!connected && status && (
          <p class="band" role="status">
            genred does not answer at the moment. This page goes on by itself as soon as it does.
          </p>
        )}
        {!status && problem && <Trouble error={problem} />}
        <Progress />
        <Shown view={view} values={place.values} />
      </div>
    </>
  );
}

function Page() {
  const [known, setKnown] = useState<Session | null>(null);
  const [error, setError] = useState<unknown>(null);
  const enter = (session: Session) => {
    setKnown(session);
    setError(null);
    if (session.password !== "wanted") connect(setKnown);
  };
  const begin = () => void session().then(enter, setError);
  useEffect(begin, []);
  return (
    <>
      {known?.encrypted === false && (
        <p class="band bad">
          This page came over the network without encryption: others there can read along, the password too.
        </p>
      )}
      {error !== null && <Trouble error={asError(error)} again={begin} />}
      {known && (known.password === "wanted" ? <Password enter={enter} /> : <Frame />)}
      <Notices />
    </>
  );
}

render(<Page />, document.getElementById("page")!);
