/** The CV import: choose a file, watch it being read, see its sections, correct them. */

import { type DragEvent, useEffect, useRef, useState } from "react";
import { type Client, type Reading, type Stage, correct, readCv, remove } from "./client";
import { CANCELLED, ProblemError, remedyOf } from "./problems";
import { Sections } from "./Sections";

interface CareerArkProps {
  client: Client;
  /** Called where the token is not, or no longer, good: the product's own way to sign in. The component keeps what it
   *  shows, so that it goes on with the next token. */
  onUnauthorized(problem: ProblemError): void;
  /** Largest file in bytes, refused before it is sent. The service refuses it too. */
  maxBytes?: number;
}

type View =
  | { is: "ready" }
  | { is: "busy"; name: string; stage: Stage; cancel: AbortController }
  | { is: "done"; name: string; reading: Reading; told: string }
  | { is: "failed"; problem: ProblemError; file: File };

const STAGES: Record<Stage["at"], string> = {
  uploading: "Uploading",
  reading: "Reading the CV",
  queued: "Waiting for its turn",
  details: "First part done, reading the details",
};

export function CareerArk({ client, onUnauthorized, maxBytes = 2 * 1024 * 1024 }: CareerArkProps) {
  const limit = `${Math.floor(maxBytes / 1024 / 1024)} MB`;
  const [view, setView] = useState<View>({ is: "ready" });
  const [consent, setConsent] = useState(false);
  const running = useRef<AbortController | null>(null);
  const landing = useRef<HTMLHeadingElement>(null);

  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => landing.current?.focus(), [view.is]);

  const failed = (thrown: unknown, file: File) => {
    const known = thrown instanceof ProblemError;
    if (!known) reportError(thrown); // a mistake of this page: for the console, and no reason to wait for ever
    const problem = known ? thrown : new ProblemError("page", "Something went wrong on this page. Try again.");
    if (problem.code === CANCELLED) return setView({ is: "ready" });
    if (remedyOf(problem) === "token") onUnauthorized(problem);
    setView({ is: "failed", problem, file });
  };

  const read = async (file: File) => {
    if (file.size > maxBytes) {
      const size = `${(file.size / 1024 / 1024).toFixed(1)} MB`;
      const sentence = `The file has ${size}; up to ${limit} can be read. Save it smaller, for example without pictures.`;
      return failed(new ProblemError("upload_too_large", sentence), file);
    }
    const cancel = new AbortController();
    running.current = cancel;
    const onStage = (stage: Stage) => setView({ is: "busy", name: file.name, stage, cancel });
    onStage({ at: "uploading", share: 0 });
    try {
      const reading = await readCv(client, file, { consent, onStage, signal: cancel.signal });
      setView({ is: "done", name: file.name, reading, told: "" });
    } catch (error) {
      failed(error, file);
    }
  };

  if (view.is === "busy")
    return (
      <section className="card" aria-labelledby="busy">
        <h2 id="busy" ref={landing} tabIndex={-1}>
          {view.name}
        </h2>
        <Progress stage={view.stage} />
        <button onClick={() => view.cancel.abort()}>Stop</button>
      </section>
    );

  if (view.is === "done") {
    const { reading } = view;
    return (
      <>
        <header className="done">
          <h2 ref={landing} tabIndex={-1}>
            {view.name}
          </h2>
          <p className="soft">
            {reading.method === "assistant" ? "Read by the assistant." : "Read by the two-pass pipeline."} Wrong
            somewhere? Correct it where it stands.
          </p>
          {reading.notes && <p role="alert">Not everything could be read: {reading.notes}</p>}
          <div className="row">
            <button onClick={() => setView({ is: "ready" })}>Import another CV</button>
            <button
              onClick={async () => {
                const problem = await remove(client, reading.cvId).catch((error: ProblemError) => error);
                if (!problem || problem.code === "not_found") return setView({ is: "ready" });
                if (remedyOf(problem) === "token") onUnauthorized(problem);
                setView({ ...view, told: problem.sentence });
              }}
            >
              Delete this CV
            </button>
          </div>
          {view.told && <p role="alert">{view.told}</p>}
        </header>
        <Sections
          key={reading.cvId}
          data={reading.data}
          onCorrect={async (pointer, value) => void (await correct(client, reading.cvId, pointer, value))}
          onProblem={(problem) => remedyOf(problem) === "token" && onUnauthorized(problem)}
        />
      </>
    );
  }

  return (
    <section className="card" aria-labelledby="choose">
      {view.is === "failed" && <Failure problem={view.problem} file={view.file} onRetry={read} />}
      <h2 id="choose" tabIndex={-1} ref={view.is === "ready" ? landing : null}>
        {view.is === "failed" ? "Or choose another file" : "Choose your CV"}
      </h2>
      <Chooser limit={limit} onFile={read} />
      <label className="check">
        <input type="checkbox" checked={consent} onChange={(event) => setConsent(event.target.checked)} />
        <span>The text and what is read from it may be kept to make reading better.</span>
      </label>
    </section>
  );
}

function Chooser({ limit, onFile }: { limit: string; onFile(file: File): void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <label
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <strong>Choose a file, or drop it here</strong>
      <span className="soft">PDF or Word, up to {limit}</span>
      <input
        type="file"
        accept=".pdf,.docx,.doc"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ""; // the same file may be chosen again
          if (file) onFile(file);
        }}
      />
    </label>
  );
}

/** What is known: the share while bytes are sent, then the step and the seconds; never a made-up percentage. */
function Progress({ stage }: { stage: Stage }) {
  const seconds = useSeconds();
  const share = stage.at === "uploading" ? stage.share : null;
  return (
    <div className="progress">
      <p role="status">{STAGES[stage.at]}…</p>
      <progress aria-label="Progress" {...(share === null ? {} : { value: share })} />
      <p className="soft">
        {share === null ? "" : `${Math.round(share * 100)} % sent, `}
        {seconds} s
      </p>
    </div>
  );
}

function Failure({ problem, file, onRetry }: { problem: ProblemError; file: File; onRetry(file: File): void }) {
  const waited = useSeconds();
  const left = Math.max(0, problem.retryAfter - waited);
  const retry = remedyOf(problem) !== "file";
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => told.current?.focus(), []);
  return (
    <div className="problem">
      <p role="alert" tabIndex={-1} ref={told}>
        <strong>
          <bdi>{file.name}</bdi>:{" "}
        </strong>
        {problem.sentence}
      </p>
      {retry && (
        <button className="primary" disabled={left > 0} onClick={() => onRetry(file)}>
          {left > 0 ? `Try again in ${left} s` : "Try again"}
        </button>
      )}
      {problem.requestId && problem.status >= 500 && <p className="soft">Reference: {problem.requestId}</p>}
    </div>
  );
}

/** Whole seconds since the component was shown. */
function useSeconds(): number {
  const [begin] = useState(() => performance.now());
  const [now, setNow] = useState(begin);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.floor((now - begin) / 1000);
}
