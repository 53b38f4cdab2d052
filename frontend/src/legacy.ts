/** The old way: a task that is asked for until it is done. This file goes when the old pipeline is retired. */

import { type Client, type ReadOptions, type Reading, ask, remove, upload } from "./client";
import type { CV } from "./contract";
import { ProblemError, UNREACHABLE, cancelled } from "./problems";

interface TaskStatus {
  taskId: string;
  status: "pending" | "metadata_extracted" | "completed" | "completed_with_errors" | "failed";
  error: string | null;
}

const EVERY_MS = 2000;
/** Polls in a row that may go unanswered before the page gives up: the task itself goes on. */
const PATIENCE = 5;

/** Upload, ask every two seconds, fetch the sections. `null` where the service has retired this way. */
export async function readByTask(client: Client, file: File, options: ReadOptions): Promise<Reading | null> {
  let taskId: string;
  try {
    ({ taskId } = await upload<{ taskId: string }>(client, "/cv", file, options));
  } catch (error) {
    if (error instanceof ProblemError && error.code === "legacy_retired") return null;
    throw error;
  }
  try {
    const status = await untilDone(client, taskId, options);
    const data = await ask<CV>(client, `/cv/${taskId}`, { signal: options.signal });
    return { cvId: taskId, data, method: "legacy", notes: status.error ?? "" };
  } catch (error) {
    if (options.signal.aborted) await remove(client, taskId).catch(() => undefined); // kept until its retention ends
    throw error;
  }
}

async function untilDone(client: Client, taskId: string, { onStage, signal }: ReadOptions): Promise<TaskStatus> {
  for (let unanswered = 0; ; ) {
    try {
      const task = await ask<TaskStatus>(client, `/cv/status/${taskId}`, { signal });
      unanswered = 0;
      if (task.status === "completed" || task.status === "completed_with_errors") return task;
      if (task.status === "failed") throw new ProblemError("task_failed", "This CV could not be read. Try again.");
      onStage({ at: task.status === "pending" ? "queued" : "details" });
    } catch (error) {
      const lost = error instanceof ProblemError && error.code === UNREACHABLE;
      if (!lost || ++unanswered >= PATIENCE) throw error;
    }
    await pause(signal);
  }
}

const pause = (signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, EVERY_MS);
    signal.addEventListener("abort", stop, { once: true });
  });
