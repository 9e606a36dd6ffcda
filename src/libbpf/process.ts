// libc's foreign calls that change this process: what it may do, and which program it runs.
import ffi from '@2060.io/ffi-napi';
import ref, { type Pointer } from '@2060.io/ref-napi';
import { checked } from './libc.js';

const libc = ffi.Library(null, {
  prctl: ['int', ['int', 'ulong', 'ulong', 'ulong', 'ulong']],
  fcntl: ['int', ['int', 'int', 'long']],
  capget: ['int', ['pointer', 'pointer']],
  capset: ['int', ['pointer', 'pointer']],
  execve: ['int', ['string', 'pointer', 'pointer']],
});

/** include/uapi/linux/prctl.h, fcntl.h */
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const F_SETFD = 2;
/** include/uapi/linux/capability.h: a header of version and thread, then effective, permitted, inheritable, twice. */
const _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const capabilityHeaderBytes = 8;
const capabilityWords = 6;
const inheritableWords = [2, 5];

/**
 * The next program that this process runs starts without capabilities, and neither it nor its children can gain
 * any by a set-user-id or file capability. Holds for a process that is not root: root gets all back by execve.
 */
export function giveUpPrivilegesAtExec(): void {
  clearInheritable();
  checked('PR_CAP_AMBIENT_CLEAR_ALL', libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
  checked('PR_SET_NO_NEW_PRIVS', libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/** Empty, so that no later program's file can turn what is named there into a capability that holds. */
function clearInheritable(): void {
  const header = Buffer.alloc(capabilityHeaderBytes) as Pointer<unknown>;
  header.writeUInt32LE(_LINUX_CAPABILITY_VERSION_3);
  const sets = Buffer.alloc(capabilityWords * 4) as Pointer<unknown>;
  checked('capget', libc.capget(header, sets));
  for (const word of inheritableWords) sets.writeUInt32LE(0, word * 4);
  checked('capset', libc.capset(header, sets));
}

/** The descriptor stays open in the next program that this process runs. */
export function keepAtExec(fd: number): void {
  checked(`F_SETFD ${fd}`, libc.fcntl(fd, F_SETFD, 0));
}

/**
 * Runs another program in place of this one, with the same process id. Nothing of this one runs afterwards:
 * no exit handler, no timer.
 * @throws Error with errno's text when there is no such program, or it may not be run
 */
export function replaceProcess(
  path: string,
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
): never {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
  const [argv, envp] = [new StringVector([path, ...args]), new StringVector(variables)];
  checked(`execve ${path}`, libc.execve(path, argv.pointers, envp.pointers));
  throw new Error('execve came back');
}

/** A NULL-terminated array of C strings; the texts live as long as this object. */
class StringVector {
  readonly pointers: Buffer;
  readonly #texts: readonly Buffer[];

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => Buffer.from(`${text}\0`));
    this.pointers = Buffer.alloc((texts.length + 1) * ref.sizeof.pointer);
    this.#texts.forEach((text, index) => {
      ref.writePointer(this.pointers, index * ref.sizeof.pointer, text);
    });
  }
}
