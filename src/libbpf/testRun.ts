// Runs a loaded raw_tp program once with given arguments (BPF_PROG_TEST_RUN), without attaching it.
import ref from '@2060.io/ref-napi';
import { checkedInt, libbpf } from './library.js';

/** struct bpf_test_run_opts of libbpf's bpf.h; it starts with its own size, so newer fields read as absent. */
const opts = { bytes: 80, contextIn: 32, contextInBytes: 48 } as const;

export function runRawTracepoint(programFd: number, args: readonly bigint[]): void {
  const context = Buffer.from(BigUint64Array.from(args).buffer);
  const options = Buffer.alloc(opts.bytes);
  options.writeBigUInt64LE(BigInt(opts.bytes), 0);
  ref.writePointer(options, opts.contextIn, context);
  options.writeUInt32LE(context.length, opts.contextInBytes);
  checkedInt('bpf_prog_test_run_opts', libbpf().bpf_prog_test_run_opts(programFd, options));
}
