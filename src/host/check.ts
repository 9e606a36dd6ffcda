// One judgement of doctor's: a line, and what to do about it.

export interface Check {
  readonly name: string;
  /** warning: something is lost or slower. missing: nothing can be measured. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** What the user can do; null when all is well or nothing can be done. */
  readonly remedy: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail, remedy: null });
export const warning = (name: string, detail: string, remedy: string | null): Check => ({
  name,
  state: 'warning',
  detail,
  remedy,
});
export const missing = (name: string, detail: string, remedy: string | null): Check => ({
  name,
  state: 'missing',
  detail,
  remedy,
});
