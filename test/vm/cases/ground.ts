// What the cases stand on: namespaces, devices and settings by `ip` and `tc`, all removed after each case.
import { execFile } from 'node:child_process';
import { closeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Cleanup } from '../../../src/bench/cleanup.js';
import { runCommand } from '../../../src/bench/command.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { openDatagramSocket } from '../../../src/libbpf/sockets.js';
import type { Carried } from './report.js';

const run = promisify(execFile);
const socketBytes = 1024 * 1024;

/** Traffic over devices that are set up: carries so many packets, and says what has become of them. */
export interface Lane {
  /** "netns/name" of each device that is measured. */
  readonly devices: readonly string[];
  carry(packets: number): Promise<Carried>;
}

export class CaseGround {
  readonly cleanup: Cleanup;
  static #namespaces = 0;

  constructor(cleanup: Cleanup) {
    this.cleanup = cleanup;
  }

  /** Without IPv6, unless asked for, so that only the case's own packets are sent. */
  async netns({ ipv6 = false } = {}): Promise<string> {
    CaseGround.#namespaces += 1;
    const name = `case-${CaseGround.#namespaces}`;
    this.cleanup.add(`remove ${name}`, () => runCommand('ip', ['netns', 'delete', name]));
    await runCommand('ip', ['netns', 'add', name]);
    if (!ipv6) await this.set(name, '/proc/sys/net/ipv6/conf/default/disable_ipv6', '1');
    await this.set(name, '/proc/sys/net/ipv4/conf/all/rp_filter', '0');
    await this.set(name, '/proc/sys/net/ipv4/conf/default/rp_filter', '0');
    return name;
  }

  /** Each command a line of `ip` in this namespace. */
  async ip(netns: string, ...commands: string[]): Promise<void> {
    for (const command of commands) await runCommand('ip', ['-n', netns, ...command.split(' ')]);
  }

  /** A queueing discipline, in words of `tc`. */
  async queue(netns: string, words: string): Promise<void> {
    await runCommand('tc', ['-n', netns, 'qdisc', 'add', 'dev', ...words.split(' ')]);
  }

  /** Writes a setting as the namespace sees it. */
  async set(netns: string, path: string, value: string): Promise<void> {
    await this.inside(netns, `echo ${value} > ${path}`);
  }

  /** Runs a line of shell in the namespace. @returns its output */
  async inside(netns: string, line: string): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', netns, '/bin/busybox', 'sh', '-c', line]);
    return stdout;
  }

  socket(netns: string): number {
    const fd = inNetns(netns, () => openDatagramSocket(socketBytes));
    this.cleanup.add('close a socket', () => closeSync(fd));
    return fd;
  }
}
