// A BPF object from file to attached programs. Owns every handle: close() detaches and frees all of them.
import ref from '@2060.io/ref-napi';
import { reasonOf, VifscopeError } from '../errors.js';
import { errno } from './errno.js';
import { checkedInt, checkedPointer, LibbpfError, libbpf } from './library.js';

type Handle = ref.Pointer<unknown>;

const verifierLogBytes = 1 << 20;
const verifierTailLines = 12;

export class BpfObject {
  readonly #handle: Handle;
  readonly #programs = new Map<string, Handle>();
  readonly #links: Handle[] = [];
  /** libbpf keeps the pointers, so these must not be collected before close(). */
  readonly #verifierLogs = new Map<string, Buffer>();

  /** Opens the compiled object; nothing is in the kernel yet, and no program is selected. */
  static open(path: string): BpfObject {
    try {
      return new BpfObject(
        checkedPointer('bpf_object__open_file', libbpf().bpf_object__open_file(path, ref.NULL)),
      );
    } catch (error) {
      if (error instanceof VifscopeError) throw error;
      throw new VifscopeError({
        code: 'FAILED',
        operation: 'open the BPF object',
        object: path,
        reason: reasonOf(error),
        remedy: 'reinstall vifscope, or rebuild the object with bpf/build.sh',
        cause: error,
      });
    }
  }

  private constructor(handle: Handle) {
    this.#handle = handle;
    const { bpf_object__next_program: next, bpf_program__name: nameOf } = libbpf();
    for (let program = next(handle, ref.NULL); !ref.isNull(program); program = next(handle, program)) {
      this.#programs.set(nameOf(program) ?? '', program);
      checkedInt('bpf_program__set_autoload', libbpf().bpf_program__set_autoload(program, false));
    }
  }

  get programNames(): readonly string[] {
    return [...this.#programs.keys()];
  }

  /** Marks a program for load(). */
  select(name: string): void {
    const program = this.#program(name);
    const log = Buffer.alloc(verifierLogBytes);
    this.#verifierLogs.set(name, log);
    checkedInt('bpf_program__set_log_buf', libbpf().bpf_program__set_log_buf(program, log, log.length));
    checkedInt('bpf_program__set_autoload', libbpf().bpf_program__set_autoload(program, true));
  }

  /** Sets a map's number of entries; before load(). */
  resize(map: string, entries: number): void {
    checkedInt(`resize map ${map}`, libbpf().bpf_map__set_max_entries(this.#map(map), entries));
  }

  /** Sets the size of a map's entries; before load(). */
  setValueBytes(map: string, bytes: number): void {
    checkedInt(`resize entries of map ${map}`, libbpf().bpf_map__set_value_size(this.#map(map), bytes));
  }

  /** Fills read-only data at its start; before load(), which freezes it. */
  writeReadOnlyData(bytes: Uint8Array): void {
    const size = Buffer.alloc(8);
    const pointer = checkedPointer(
      'read-only data',
      libbpf().bpf_map__initial_value(this.#map('.rodata'), size),
    );
    ref.reinterpret(pointer, Number(size.readBigUInt64LE())).set(bytes);
  }

  /** Creates the maps and loads the selected programs. Throws LibbpfError with the verifier's last lines. */
  load(): void {
    const result = libbpf().bpf_object__load(this.#handle);
    if (result < 0) throw new LibbpfError('bpf_object__load', -result, this.#verifierTail());
  }

  attach(name: string): void {
    const link = libbpf().bpf_program__attach(this.#program(name));
    this.#links.push(checkedPointer(`attach ${name}`, link));
  }

  /** Of a loaded program that something else than a hook is to run. */
  programFd(name: string): number {
    return checkedInt(`descriptor of ${name}`, libbpf().bpf_program__fd(this.#program(name)));
  }

  mapFd(map: string): number {
    return checkedInt(`descriptor of map ${map}`, libbpf().bpf_map__fd(this.#map(map)));
  }

  /** Of the links attached so far: a program stays attached while its link is open in any process. */
  get linkFds(): readonly number[] {
    return this.#links.map((link) => checkedInt('descriptor of a link', libbpf().bpf_link__fd(link)));
  }

  /** Detaches all and frees all; the object is of no use afterwards. */
  close(): void {
    for (const link of this.#links.splice(0)) libbpf().bpf_link__destroy(link);
    libbpf().bpf_object__close(this.#handle);
    this.#programs.clear();
  }

  #program(name: string): Handle {
    const program = this.#programs.get(name);
    if (!program) throw new Error(`the BPF object has no program ${name}`);
    return program;
  }

  #map(name: string): Handle {
    const found = libbpf().bpf_object__find_map_by_name(this.#handle, name);
    if (ref.isNull(found)) throw new Error(`the BPF object has no map ${name} (errno ${errno()})`);
    return found;
  }

  #verifierTail(): string {
    for (const log of this.#verifierLogs.values()) {
      const text = log.toString('latin1', 0, log.indexOf(0)).trimEnd();
      if (text) return text.split('\n').slice(-verifierTailLines).join('\n');
    }
    return '';
  }
}
