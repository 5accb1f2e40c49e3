// What to do about a failure, by the word that the daemon gives it.

export interface Advice {
  text: string;
  link?: { text: string; href: string };
}

const login = { text: "Log in again", href: "#/start?step=login" };
const again = "What was done so far stays. Sort again when you like.";

const table: Record<string, Advice> = {
  login: { text: "Log in again. Until then everything stays as it is.", link: login },
  scope: { text: "Log in again, and agree to all that Spotify lists.", link: login },
  premium: {
    text: "Renew the Premium of the account that owns the app, allow a few hours, then try again.",
  },
  allowlist: {
    text: "Add this account in the app's settings under User Management, then try again.",
    link: { text: "Spotify's dashboard", href: "https://developer.spotify.com/dashboard" },
  },
  refused: { text: "Nothing but another app helps. genred asks again after a week." },
  rate: { text: "You need do nothing. genred goes on by itself when the pause is over." },
  network: { text: "Check the connection of the machine where genred runs. genred tries again by itself." },
  unreachable: { text: "Start genred on its machine, for example: systemctl --user start genred" },
  confirm: { text: "Look at your likes and playlists. If they are as they should be, tell genred to go on." },
  busy: { text: "Wait until the other run has ended, then try again." },
  cancelled: { text: again },
  killed: { text: again },
  partly: { text: "The rest was done. The next sync tries again what is missing." },
  config: { text: "Correct the configuration file on the machine where genred runs." },
  store: { text: "On genred's machine, run: genrectl doctor. It says what is wrong and what to do." },
  io: { text: "On genred's machine, look whether the disk is full, and run: genrectl doctor" },
  format: { text: "Try again later. If it stays so, run on genred's machine: genrectl doctor" },
  bug: { text: "Try again. If it stays so, run on genred's machine: genrectl doctor" },
};

export function advice(error: string): Advice | null {
  return table[error] ?? null;
}

// What becomes of a run, as a person would say it.
export function outcomeWord(outcome: string): string {
  const words: Record<string, string> = {
    running: "under way",
    done: "done",
    partly: "done in part",
    cancelled: "cancelled",
    killed: "interrupted",
  };
  return words[outcome] ?? "failed";
}

export function isBad(outcome: string): boolean {
  return outcomeWord(outcome) === "failed";
}
