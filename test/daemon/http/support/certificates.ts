// Certificates of a test, made with openssl in a directory that goes with it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { reasonOf } from '../../../../src/errors.js';

/** A test that is skipped by name where there is no openssl. */
export function tlsTest(title: string, body: (t: ExecutionContext) => Promise<void> | void): void {
  const missing = missingOpenssl();
  if (missing === null) test(title, body);
  else test.skip(`${title} (skipped: ${missing})`, () => {});
}

export function temporaryDirectory(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'vifscope-test-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface Wanted {
  readonly commonName: string;
  /** As openssl writes them: "DNS:localhost,IP:127.0.0.1". */
  readonly sans?: string;
  /** Negative: it expired that long ago. */
  readonly days?: number;
}

/** Certificates signed by one authority, as NAME.crt and NAME.key beside ca.crt. */
export class Authority {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    this.#key('ca');
    const selfSigned = ['-x509', '-key', 'ca.key', '-subj', '/CN=test CA', '-days', '2', '-out', 'ca.crt'];
    this.#openssl(['req', ...selfSigned]);
  }

  issue(name: string, { commonName, sans, days = 2 }: Wanted): { cert: string; key: string } {
    this.#key(name);
    this.#openssl([
      'req',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=${commonName}`,
      '-out',
      `${name}.csr`,
    ]);
    writeFileSync(join(this.directory, 'extensions'), sans ? `subjectAltName=${sans}\n` : '');
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions'];
    this.#openssl(
      ['x509', '-req', '-in', `${name}.csr`, ...signer, '-days', `${days}`].concat('-out', `${name}.crt`),
    );
    return { cert: this.read(`${name}.crt`), key: this.read(`${name}.key`) };
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), 'utf8');
  }

  write(file: string, text: string): string {
    const path = join(this.directory, file);
    writeFileSync(path, text);
    return path;
  }

  #key(name: string): void {
    this.#openssl(['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', `${name}.key`]);
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}

/** An authority, a certificate for the endpoint and one for a client. */
export function certificates(t: ExecutionContext): Authority {
  const authority = new Authority(temporaryDirectory(t));
  authority.issue('server', { commonName: 'server', sans: 'DNS:localhost,IP:127.0.0.1' });
  return authority;
}

function missingOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `openssl: ${reasonOf(error)}`;
  }
}
