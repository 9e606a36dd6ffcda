// A file of a process or thread that may end at any moment.
import { readText } from '../../host/optionalFile.js';

/** Its text, or null where the process is gone: also what was there when it was opened can fail, with ESRCH. */
export function readProcFile(path: string): string | null {
  try {
    return readText(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return null;
    throw error;
  }
}
