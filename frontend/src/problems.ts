/** What went wrong, as a person reads it. The service answers problem+json (RFC 9457) with a code of its own. */

/** Codes that arise on this side of the wire, beside the service's own. */
export const UNREACHABLE = "unreachable";
export const CANCELLED = "cancelled";

export class ProblemError extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    readonly status = 0,
    /** For the people who run the service; empty where no answer came. */
    readonly requestId = "",
    /** Seconds to wait before another attempt; 0 where the service does not say. */
    readonly retryAfter = 0,
  ) {
    super(`${code}: ${sentence}`);
  }
}

/** Where the service's sentence speaks to a program, the page's own. */
const SENTENCES: Record<string, string> = {
  token_missing: "Enter your access token.",
  token_unknown: "This access token is not known here. Check that it was copied whole.",
  token_expired: "This access token has expired. Ask for a new one where you got it.",
  not_found: "This CV is not there any more.",
  internal: "Something went wrong in the service. Try again; if it happens again, give the reference below.",
};

/** What a person can do: choose another file, enter a token, or try again. */
export type Remedy = "file" | "token" | "retry";

export function remedyOf(problem: ProblemError): Remedy {
  if (problem.status === 401) return "token";
  if (problem.code.startsWith("upload_") || problem.code === "assistant_refused") return "file";
  return "retry";
}

export const unreachable = () =>
  new ProblemError(UNREACHABLE, "The service does not answer. Check the connection and try again.");

export const cancelled = () => new ProblemError(CANCELLED, "Stopped.");

/** The problem in an answer; also where something between here and the service answered in its place. */
export function problemOf(status: number, text: string, header: (name: string) => string | null): ProblemError {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // not the service's own shape: a proxy's page, or nothing at all
  }
  const code = typeof body.code === "string" ? body.code : status >= 502 ? UNREACHABLE : `http_${status}`;
  const told = typeof body.detail === "string" ? body.detail : "";
  const sentence =
    SENTENCES[code] ?? (told || (code === UNREACHABLE ? unreachable().sentence : `The service answered ${status}.`));
  const wait = Number(header("retry-after"));
  return new ProblemError(code, sentence, status, header("x-request-id") ?? "", wait > 0 ? Math.ceil(wait) : 0);
}
