// The songs to be reviewed, as a desk: one on top, those done, and what is sent of them. The view only
// draws it. Keys come faster than a view is drawn, so nothing here is state of the view.

import { ApiError, get, post, query, type Labelled, type Review, type Song, type Unsure } from "./api.ts";
import { asError } from "./parts.tsx";

const BATCH = 50;
const LOW = 10; // songs left on the desk, below which more are asked for

export type Word = "is" | "none" | "skip";

export interface Done {
  id: number;
  song: Unsure;
  word: Word;
  genre: string | null; // of "is"
  labelled: Labelled | null; // what the daemon made of it; null: not yet
  taken: boolean; // taken back
}

// Answers are sent one after another in the order in which they were given, also once the view is left.
let chain: Promise<unknown> = Promise.resolve();
let waiting = 0;

function inOrder<T>(send: () => Promise<T>): Promise<T> {
  waiting++;
  const mine = chain.then(send);
  chain = mine.then(
    () => waiting--,
    () => waiting--,
  );
  return mine;
}

addEventListener("beforeunload", (event) => {
  if (waiting > 0) event.preventDefault();
});

async function unsay({ song, word, genre }: Done): Promise<Labelled> {
  const mine = word === "is" ? [genre] : song.guesses.map((guess) => guess.genre);
  const { genres } = await get<Song>(query("/api/song", { track: song.id }));
  const said = genres.filter((one) => !mine.includes(one.name));
  return post<Labelled>("/api/label", {
    track: song.id,
    forget: true,
    is: said.filter((one) => one.word > 0).map((one) => one.name),
    not: said.filter((one) => one.word < 0).map((one) => one.name),
  });
}

export class Desk {
  queue: Unsure[] = [];
  past: Done[] = []; // the last one last
  left = 0; // songs not seen yet, with the one on top
  loaded = false;
  error: ApiError | null = null;

  #loading = false;
  #dry = false; // the last time there was nothing new
  #seen = new Set<string>();
  #open = new Set<string>(); // seen, but unsure still: skipped, or none of the guesses
  #answers = 0;
  #ids = 0;

  constructor(
    private changed: () => void,
    private failed: (text: string) => void,
  ) {}

  get top(): Unsure | undefined {
    return this.queue[0];
  }

  get done(): number {
    return this.past.filter((entry) => entry.word !== "skip").length;
  }

  get skipped(): number {
    return this.past.filter((entry) => entry.word === "skip").length;
  }

  load(): void {
    if (this.#loading) return;
    this.#loading = true;
    const mark = this.#answers;
    const n = BATCH + this.#open.size + this.queue.length;
    inOrder(() => get<Review>(query("/api/review", { n }))).then(
      (review) => this.#take(review, this.#answers - mark),
      (error) => {
        this.#loading = false;
        this.error = asError(error);
        this.changed();
      },
    );
    this.changed();
  }

  #take(review: Review, meanwhile: number): void {
    const here = new Set(this.queue.map((song) => song.id));
    const fresh = review.tracks.filter((song) => !here.has(song.id) && !this.#seen.has(song.id));
    this.queue.push(...fresh);
    this.left = Math.max(this.queue.length, review.unsure - this.#open.size - meanwhile);
    if (fresh.length === 0) this.left = this.queue.length;
    this.#dry = fresh.length === 0;
    this.#loading = false;
    this.loaded = true;
    this.error = null;
    this.changed();
  }

  #refill(): void {
    if (this.queue.length < LOW && this.left > this.queue.length && !this.#dry) this.load();
  }

  #done(word: Word, genre: string | null): Done | null {
    const song = this.queue.shift();
    if (!song) return null;
    const entry: Done = { id: ++this.#ids, song, word, genre, labelled: null, taken: false };
    this.past.push(entry);
    this.left = Math.max(this.queue.length, this.left - 1);
    this.#seen.add(song.id);
    if (word !== "is") this.#open.add(song.id);
    if (word !== "skip") this.#answers++;
    return entry;
  }

  skip(): void {
    this.#done("skip", null);
    this.#refill();
    this.changed();
  }

  is(genre: string): void {
    this.#answer(this.#done("is", genre), { is: [genre] });
  }

  none(): void {
    const not = this.top?.guesses.map((guess) => guess.genre) ?? [];
    if (not.length === 0) this.skip();
    else this.#answer(this.#done("none", null), { not });
  }

  #answer(entry: Done | null, word: { is?: string[]; not?: string[] }): void {
    if (!entry) return;
    const { song } = entry;
    inOrder(() => post<Labelled>("/api/label", { track: song.id, ...word })).then(
      (labelled) => {
        entry.labelled = labelled;
        const sorted = new Set(labelled.moved.filter((moved) => moved.entered).map((moved) => moved.id));
        const kept = this.queue.filter((other, i) => i === 0 || !sorted.has(other.id));
        this.left -= this.queue.length - kept.length;
        this.queue = kept;
        this.#refill();
        this.changed();
      },
      (error) => {
        if (entry.taken) return;
        // Below the song on top, which somebody may be about to answer.
        this.#putBack(entry, 1);
        this.failed(`“${song.name}” is not answered and comes again: ${asError(error).message}`);
      },
    );
    this.#refill();
    this.changed();
  }

  #putBack(entry: Done, at: number): void {
    this.past = this.past.filter((other) => other !== entry);
    this.#seen.delete(entry.song.id);
    this.#open.delete(entry.song.id);
    this.queue = this.queue.filter((song) => song.id !== entry.song.id);
    this.queue.splice(at, 0, entry.song);
    this.left = Math.max(this.left + 1, this.queue.length);
    this.#dry = false;
    this.changed();
  }

  // The last song comes back; what this answer said of it is forgotten, and nothing that was said before.
  back(): Done | null {
    const entry = this.past.at(-1);
    if (!entry) return null;
    entry.taken = true;
    this.#putBack(entry, 0);
    if (entry.word === "skip") return entry;
    inOrder(() => unsay(entry)).catch((error) =>
      this.failed(`what you said of “${entry.song.name}” still counts: ${asError(error).message}`),
    );
    return entry;
  }

  // The skipped ones once more.
  again(): void {
    const skipped = this.past.filter((entry) => entry.word === "skip");
    for (const entry of skipped) this.#putBack(entry, this.queue.length);
  }
}
