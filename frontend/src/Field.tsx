/** One value of a CV, to be corrected where it stands. Every value is a text node: React escapes, nothing is markup. */

import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { ProblemError } from "./problems";

export type Value = string | string[];
/** value: what is right; null: what was read is right after all. */
export type Correct = (pointer: string, value: Value | null) => Promise<void>;

interface FieldProps {
  /** As a person reads it: "Company". */
  label: string;
  /** Which entry it belongs to, for those who hear the page: "Work experience 2". */
  entry: string;
  pointer: string;
  value: Value;
  onCorrect: Correct;
  onProblem(problem: ProblemError): void;
}

/** Longest text that the service takes for a value. */
const LONGEST = 5000;

export function Field({ label, entry, pointer, value, onCorrect, onProblem }: FieldProps) {
  const [shown, setShown] = useState(value);
  const [corrected, setCorrected] = useState(false);
  const [draft, setDraft] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const returning = useRef(false);
  const id = useId();
  const list = Array.isArray(value);

  useEffect(() => {
    if (draft === null && returning.current) {
      returning.current = false;
      button.current?.focus();
    }
  }, [draft]);

  const close = () => {
    returning.current = true;
    setTold("");
    setDraft(null);
  };

  const save = async (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (draft === null || busy) return;
    await keep(list ? draft.split("\n").map((line) => line.trim()).filter(Boolean) : draft.trim());
  };

  const keep = async (next: Value) => {
    if (same(next, shown)) return close();
    setBusy(true);
    try {
      await onCorrect(pointer, same(next, value) ? null : next);
      setShown(next);
      setCorrected(!same(next, value));
      close();
      if (draft === null) button.current?.focus(); // the button that was pressed is gone
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      setTold(error.sentence);
      onProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    const whole = list ? event.ctrlKey || event.metaKey : !event.shiftKey; // Enter ends a text, and a line of a list
    if (event.key === "Enter" && whole && !event.nativeEvent.isComposing) void save(event);
  };

  if (draft !== null)
    return (
      <form className="edit" onSubmit={save} onKeyDown={keys}>
        <label htmlFor={id}>
          {label}, as it should be{list ? " (one a line)" : ""}
        </label>
        <textarea
          id={id}
          autoFocus
          value={draft}
          {...(list ? {} : { maxLength: LONGEST })}
          rows={Math.min(8, Math.max(1, draft.split("\n").length + (list ? 1 : 0)))}
          onChange={(event) => setDraft(event.target.value)}
        />
        <div className="row">
          <button className="primary" disabled={busy}>
            {busy ? "Saving…" : "Save"}
          </button>
          <button type="button" onClick={close} disabled={busy}>
            Cancel
          </button>
        </div>
        {told && <p role="alert">{told}</p>}
      </form>
    );

  return (
    <div className="field">
      <Shown value={shown} />
      {corrected && (
        <>
          <span className="mark" role="status">
            corrected
          </span>
          <button
            className="pencil"
            aria-label={`Set back ${label}, ${entry}`}
            title="Set back to what was read"
            disabled={busy}
            onClick={() => void keep(value)}
          >
            ↺
          </button>
        </>
      )}
      {draft === null && told && <p role="alert">{told}</p>}
      <button
        ref={button}
        className="pencil"
        aria-label={`Correct ${label}, ${entry}`}
        title={`Correct ${label}`}
        onClick={() => setDraft(Array.isArray(shown) ? shown.join("\n") : shown)}
      >
        ✎
      </button>
    </div>
  );
}

const same = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other);

function Shown({ value }: { value: Value }) {
  if (value.length === 0) return <span className="soft">not found</span>;
  if (typeof value === "string") return <span className="text">{value}</span>;
  return (
    <ul>
      {value.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}
