// The door of a page that is reached over the network.

import { useRef, useState } from "preact/hooks";
import { ApiError, signIn, type Session } from "./api.ts";
import { asError, Trouble } from "./parts.tsx";

export function Password({ enter }: { enter: (session: Session) => void }) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    signIn(password).then(enter, (reason) => {
      setBusy(false);
      setError(asError(reason));
      field.current?.focus();
      field.current?.select();
    });
  };
  return (
    <main class="narrow" id="main">
      <h1>genred</h1>
      <form class="card" onSubmit={submit}>
        {error && <Trouble error={error} />}
        <input
          class="hidden-text"
          type="text"
          aria-label="User"
          autocomplete="username"
          value="genred"
          readOnly
          tabIndex={-1}
        />
        <label class="field">
          Password
          <input
            ref={field}
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <button class="primary" disabled={busy}>
          Open
        </button>
        <p class="muted foot">
          Forgotten? Set another with <code>genrectl web --password</code> on the machine where genred runs.
        </p>
      </form>
    </main>
  );
}
