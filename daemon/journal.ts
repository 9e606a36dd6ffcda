// What the service says while it runs: one line an event on stderr, with the level as the journal reads it.

/** Syslog levels, see sd-daemon(3). */
const levels = { error: 3, warning: 4, info: 6 } as const;
export type Level = keyof typeof levels;
export type Journal = (level: Level, text: string) => void;

/** Lines for the journal where stderr leads there, else for a person. */
export function journalOf(environment: NodeJS.ProcessEnv, write: (line: string) => void): Journal {
  const isJournal = environment.JOURNAL_STREAM !== undefined;
  return (level, text) => {
    for (const line of text.split('\n'))
      write(isJournal ? `<${levels[level]}>${line}\n` : `vifscope: ${line}\n`);
  };
}
