// Every error a user can meet: what was tried, on what, why it failed and what to do about it.

/** Exit codes of every command; the values are a contract with scripts. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, thresholdExceeded: 3, unsupported: 4 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Stable names of failures, each with the exit code it ends a command with. */
const exitCodes = {
  USAGE: ExitCode.usage,
  FAILED: ExitCode.failed,
  /** It can be had, but not now. */
  BUSY: ExitCode.failed,
  UNSUPPORTED_HOST: ExitCode.unsupported,
  LIBRARY_MISSING: ExitCode.unsupported,
} as const;
export type ErrorCode = keyof typeof exitCodes;

export interface Failure {
  readonly code: ErrorCode;
  /** What was tried, as a verb phrase: "write the histogram log". */
  readonly operation: string;
  /** What it was tried on: a path, a device, a program. */
  readonly object: string;
  /** Why it failed, in the system's words where it has some. */
  readonly reason: string;
  /** What the user can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

export class VifscopeError extends Error {
  readonly code: ErrorCode;
  readonly failure: Failure;

  constructor(failure: Failure) {
    const { operation, object, reason, remedy } = failure;
    super(`cannot ${operation} ${object}: ${reason}; ${remedy}`, { cause: failure.cause });
    this.name = 'VifscopeError';
    this.code = failure.code;
    this.failure = failure;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}

/** The message of anything thrown, for the `reason` of a failure. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
