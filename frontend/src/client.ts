/** The CV-import API, typed. `readCv` is all that a page needs; the rest is for pages that do more. */

import type { CV } from "./contract";
import { readByTask } from "./legacy";
import { ProblemError, cancelled, problemOf, unreachable } from "./problems";

export interface Reading {
  cvId: string;
  /** Checked against the contract where the assistant read it; the old pipeline's may lack parts. */
  data: CV;
  method: "assistant" | "legacy";
  /** What could not be read, in the service's words; empty where all was. */
  notes: string;
}

/** How far an upload is: only what is known. share: 0 to 1 of the bytes sent. */
export type Stage =
  | { at: "uploading"; share: number }
  | { at: "reading" }
  | { at: "queued" | "details" };

export interface ReadOptions {
  /** The person lets text and answers be kept to compare the two ways of reading. */
  consent: boolean;
  onStage(stage: Stage): void;
  signal: AbortSignal;
}

export interface Client {
  /** The token is asked for at each request, so that it may change. */
  token(): string;
  base: string;
}

export const connect = (token: () => string, base = "/api/career-ark"): Client => ({ token, base });

/** One request with a JSON answer; `undefined` where the answer is empty. Rejects with ProblemError. */
export async function ask<T>(client: Client, path: string, init: RequestInit = {}): Promise<T> {
  let status: number, text: string, headers: Headers;
  try {
    const answer = await fetch(client.base + path, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${client.token()}` },
    });
    [status, headers, text] = [answer.status, answer.headers, await answer.text()];
  } catch {
    throw init.signal?.aborted ? cancelled() : unreachable();
  }
  if (status >= 400) throw problemOf(status, text, (name) => headers.get(name));
  return parsed<T>(text);
}

/** Send a file. XMLHttpRequest, because fetch cannot tell how much of a body was sent. */
export function upload<T>(client: Client, path: string, file: File, options: ReadOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.set("consent", String(options.consent));
    form.set("file", file);
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", client.base + path);
    request.setRequestHeader("Authorization", `Bearer ${client.token()}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onStage({ at: "uploading", share: event.loaded / event.total });
    };
    request.upload.onload = () => options.onStage({ at: "reading" });
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(cancelled());
    request.onloadend = () => options.signal.removeEventListener("abort", abort);
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 400) reject(problemOf(status, responseText, (name) => request.getResponseHeader(name)));
      else
        try {
          resolve(parsed<T>(responseText));
        } catch (error) {
          reject(error);
        }
    };
    options.signal.addEventListener("abort", abort);
    if (options.signal.aborted) return reject(cancelled());
    options.onStage({ at: "uploading", share: 0 });
    request.send(form);
  });
}

/** Upload a CV and get its sections, by the way that the flag says. Rejects with ProblemError. */
export async function readCv(client: Client, chosen: File, options: ReadOptions): Promise<Reading> {
  const file = await held(chosen);
  const flags = await ask<{ use_assistant_processing: boolean }>(client, "/feature-flags", { signal: options.signal });
  if (!flags.use_assistant_processing) {
    const reading = await readByTask(client, file, options);
    if (reading) return reading;
  }
  const answer = await upload<{ cv_id: string; data: CV; method: Reading["method"] }>(
    client, "/cv/assistant", file, options,
  ); // prettier-ignore
  return { cvId: answer.cv_id, data: answer.data, method: answer.method, notes: "" };
}

/** Say that a field is wrong, and what is right; null: that it is right after all, which takes an earlier correction
 * back. pointer: its JSON pointer in the sections. */
export const correct = (client: Client, cvId: string, pointer: string, value: string | string[] | null) =>
  ask<{ feedback_id: string }>(client, `/cv/${cvId}/feedback`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(value === null ? { path: pointer, verdict: "right" } : { path: pointer, verdict: "wrong", value }),
  });

/** Delete a CV with everything that the service knows of it. */
export const remove = (client: Client, cvId: string) => ask<void>(client, `/cv/${cvId}`, { method: "DELETE" });

/** The file in memory: one that is a folder, or was moved since, would look like a broken connection. */
const held = async (file: File) => {
  try {
    return new File([await file.arrayBuffer()], file.name);
  } catch {
    throw new ProblemError("upload_gone", "This file cannot be opened: it is a folder, or was moved or changed. Choose it again.");
  }
};

function parsed<T>(text: string): T {
  try {
    return (text ? JSON.parse(text) : undefined) as T;
  } catch {
    throw new ProblemError("unparseable", "The service's answer could not be read. Try again.");
  }
}
