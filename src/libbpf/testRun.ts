// A loaded program run on demand, BPF_PROG_TEST_RUN, as far as the kernel does that for its type.
import ref from '@2060.io/ref-napi';
import { checkedInt, libbpf } from './library.js';

/** struct bpf_test_run_opts of libbpf 0.7 and newer: its size, and the fields that we set and read. */
const options = { bytes: 80, ctxIn: 32, ctxInBytes: 48, retval: 56 } as const;

/**
 * Runs a raw_tp program once. @param args what its hook would hand it, up to twelve
 * @returns what the program returns @throws LibbpfError where the kernel runs no program of its type: EFAULT for one of a BTF tracepoint
 */
export function runRawTracepoint(programFd: number, args: readonly bigint[]): number {
  const context = Buffer.alloc(8 * args.length);
  args.forEach((arg, at) => {
    context.writeBigUInt64LE(arg, 8 * at);
  });
  const order = Buffer.alloc(options.bytes);
  order.writeBigUInt64LE(BigInt(options.bytes), 0);
  if (args.length > 0) order.writeBigUInt64LE(BigInt(ref.address(context)), options.ctxIn);
  order.writeUInt32LE(context.length, options.ctxInBytes);
  checkedInt('bpf_prog_test_run_opts', libbpf().bpf_prog_test_run_opts(programFd, order));
  return order.readUInt32LE(options.retval);
}
