// Files that a kernel may not have or may not show: null in place of an error for exactly those two cases.
import { readFileSync } from 'node:fs';

const ABSENT_OR_HIDDEN = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];

/** The value of `read`, or null where the file it reads is absent or not ours to read. Other errors pass. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | null)?.code;
    if (code !== undefined && ABSENT_OR_HIDDEN.includes(code)) return null;
    throw error;
  }
}

/** A file's text without the final newline, or null where it is absent or not ours to read. */
export const readText = (path: string): string | null => orNull(() => readFileSync(path, 'utf8').trimEnd());

/** A file's one whole number, or null where it is absent, not ours to read or holds none. */
export function readInteger(path: string): number | null {
  const text = readText(path)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}
