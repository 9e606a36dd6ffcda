// Kernel lockdown: how much the kernel hides from root. Confidentiality closes kprobes and reads of kernel memory.

const modes = ['none', 'integrity', 'confidentiality'] as const;

export type Lockdown = (typeof modes)[number] | 'unknown';

/**
 * The mode in the text of /sys/kernel/security/lockdown ("none [integrity] confidentiality"); unknown for null: the
 * file is absent without the lockdown module or a mounted securityfs, and the kernel may still be locked down.
 * Source: security/lockdown/lockdown.c, lockdown_read.
 */
export function parseLockdown(text: string | null): Lockdown {
  const chosen = /\[(\w+)\]/.exec(text ?? '')?.[1];
  return modes.find((mode) => mode === chosen) ?? 'unknown';
}
