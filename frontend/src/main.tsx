/** The page around the component: a token, entered once and kept until the tab is closed. */

import { type FormEvent, StrictMode, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { CareerArk } from "./CareerArk";
import { connect } from "./client";

const KEY = "cv-import-token";
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

function Page() {
  const [token, setToken] = useState(() => sessionStorage.getItem(KEY) ?? "");
  const [told, setTold] = useState("");
  const [waiting, setWaiting] = useState(false); // an open CV, behind the sign-in that it needs again
  const client = useMemo(() => connect(() => token), [token]);

  const enter = (value: string) => {
    sessionStorage.setItem(KEY, value);
    setToken(value);
  };
  const leave = (why: string) => {
    sessionStorage.removeItem(KEY);
    setToken("");
    setTold(why);
    setWaiting(why !== "");
  };

  return (
    <>
      <header className="top">
        <h1>CV import</h1>
        {token && <button onClick={() => leave("")}>Sign out</button>}
      </header>
      {!token && <TokenForm told={told} onToken={enter} />}
      {(token || waiting) && (
        <div hidden={!token}>
          <CareerArk client={client} onUnauthorized={(problem) => leave(problem.sentence)} />
        </div>
      )}
    </>
  );
}

function TokenForm({ told, onToken }: { told: string; onToken(token: string): void }) {
  const [problem, setProblem] = useState(told);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = String(new FormData(event.currentTarget).get("token")).trim();
    if (TOKEN.test(value)) onToken(value);
    else setProblem(value ? "A token has no spaces and no letters with accents." : "Enter your access token.");
  };
  return (
    <form className="card token" onSubmit={submit}>
      <h2>Sign in</h2>
      <label htmlFor="token">Access token</label>
      <input id="token" name="token" type="password" autoComplete="off" autoFocus aria-describedby="about" />
      <p id="about" className="soft">
        Kept in this tab only, until it is closed.
      </p>
      {problem && <p role="alert">{problem}</p>}
      <button className="primary">Go on</button>
    </form>
  );
}

// A file dropped beside the field would replace the page, and what is on it.
for (const kind of ["dragover", "drop"] as const)
  addEventListener(kind, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });

const root = document.getElementById("page");
if (!root) throw new Error("the document has no #page");
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
