// libbpf itself: every function of it that is called, and what its return values mean.
import { getSystemErrorMap } from 'node:util';
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { reasonOf, VifscopeError } from '../errors.js';
import { errno } from './errno.js';

const libraryName = process.env.VIFSCOPE_LIBBPF ?? 'libbpf.so.1';

function bind() {
  try {
    return ffi.Library(libraryName, {
      libbpf_version_string: ['string', []],
      libbpf_set_print: ['pointer', ['pointer']],
      libbpf_strerror: ['int', ['int', 'pointer', 'size_t']],
      bpf_object__open_file: ['pointer', ['string', 'pointer']],
      bpf_object__load: ['int', ['pointer']],
      bpf_object__close: ['void', ['pointer']],
      bpf_object__next_program: ['pointer', ['pointer', 'pointer']],
      bpf_object__find_map_by_name: ['pointer', ['pointer', 'string']],
      bpf_program__name: ['string', ['pointer']],
      bpf_program__set_autoload: ['int', ['pointer', 'bool']],
      bpf_program__set_log_buf: ['int', ['pointer', 'pointer', 'size_t']],
      bpf_program__attach: ['pointer', ['pointer']],
      bpf_program__fd: ['int', ['pointer']],
      bpf_link__fd: ['int', ['pointer']],
      bpf_link__destroy: ['int', ['pointer']],
      bpf_map__fd: ['int', ['pointer']],
      bpf_map__set_max_entries: ['int', ['pointer', 'uint32']],
      bpf_map__set_value_size: ['int', ['pointer', 'uint32']],
      bpf_map__initial_value: ['pointer', ['pointer', 'pointer']],
      bpf_prog_test_run_opts: ['int', ['int', 'pointer']],
      bpf_enable_stats: ['int', ['int']],
      bpf_obj_get_info_by_fd: ['int', ['int', 'pointer', 'pointer']],
    });
  } catch (error) {
    throw unusable(reasonOf(error).trim(), error);
  }
}

/** What every library that can't be used has in common, whether it is absent, too old or none at all. */
function unusable(reason: string, cause?: unknown): VifscopeError {
  const missingFunction = /undefined symbol: (\w+)/.exec(reason)?.[1];
  return new VifscopeError({
    code: 'LIBRARY_MISSING',
    operation: 'load',
    object: libraryName,
    reason: missingFunction === undefined ? reason : `it has no function ${missingFunction}`,
    remedy: 'install libbpf 1.0 or newer (on Debian 12 and newer: apt-get install libbpf1)',
    cause,
  });
}

/**
 * Whether the functions do what is relied on here. From 0.7 on they are all there, but before 1.0 they told a
 * failure otherwise: a pointer that is an error, and -1 with errno.
 */
export const isUsableVersion = (version: string): boolean => Number.parseInt(version, 10) >= 1;

let bound: ReturnType<typeof bind> | undefined;

/** The library, opened at the first call, so that what needs no kernel works without it. */
export function libbpf(): ReturnType<typeof bind> {
  if (!bound) {
    const library = bind();
    const version = versionOf(library);
    if (!isUsableVersion(version)) throw unusable(`it is libbpf ${version}`);
    bound = library;
    // Its messages would go to stderr; what they say reaches us as errno and the verifier's log.
    bound.libbpf_set_print(ref.NULL);
  }
  return bound;
}

const versionOf = (library: ReturnType<typeof bind>): string =>
  (library.libbpf_version_string() ?? 'unknown').replace(/^v/, '');

/** Major and minor number alone, "1.1": that is what the library knows of itself. */
export const libbpfVersion = (): string => versionOf(libbpf());

/** Numbers from here on are libbpf's own (enum libbpf_errno of libbpf.h). */
const firstLibbpfErrno = 4000;

/** An errno as "operation not permitted (EPERM)", or libbpf's own words for one of its own. */
function errnoText(errno: number): string {
  if (errno < firstLibbpfErrno) {
    const [name, text] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
    return `${text} (${name})`;
  }
  const text = Buffer.alloc(256);
  libbpf().libbpf_strerror(errno, text, text.length);
  return text.toString('latin1', 0, text.indexOf(0));
}

export const errnoName = (errno: number): string => getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;

/** A refusal by libbpf or the kernel, with its errno and, where the verifier spoke, the tail of its log. */
export class LibbpfError extends Error {
  readonly errno: number;
  /** What the verifier's log ends with, apart from its statistics; null where it said nothing. */
  readonly verdict: string | null;

  constructor(call: string, errno: number, verifierLog = '') {
    super(`${call}: ${errnoText(errno)}${verifierLog && `\n${verifierLog}`}`);
    this.name = 'LibbpfError';
    this.errno = errno;
    const words = verifierLog
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('processed '));
    this.verdict = words.at(-1) ?? null;
  }
}

/** An int result: libbpf 1.x returns -errno. */
export function checkedInt(call: string, result: number): number {
  if (result < 0) throw new LibbpfError(call, -result);
  return result;
}

/** A pointer result: libbpf 1.x returns NULL and sets errno. */
export function checkedPointer<T extends Buffer>(call: string, result: T): T {
  if (ref.isNull(result)) throw new LibbpfError(call, errno());
  return result;
}
