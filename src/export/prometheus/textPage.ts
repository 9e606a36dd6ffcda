// Text as bytes in memory of its own, used again for every scrape: what is allocated anew each time costs page faults
// and collections that take longer than the writing.

const firstBytes = 64 * 1_024;
/** A page that was once this many times larger than what is written now is given back. */
const mostSlack = 4;
/** The digits and sign of -2147483648. */
const mostIntegerBytes = 11;
/** UTF-8 needs at most so many for a unit of a string. */
const bytesAUnit = 3;
const [zero, minus, lineFeed] = [0x30, 0x2d, 0x0a] as const;
/** Up to here a number is written by 32-bit arithmetic. */
const largestQuick = 2 ** 31 - 1;

export class TextPage {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #length = 0;

  /** All that was written, until the next begin(): a view, not a copy. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** From the top: what was written is overwritten. */
  begin(): void {
    const fitting = Math.max(firstBytes, this.#length);
    if (this.#bytes.length > mostSlack * fitting) this.#bytes = Buffer.allocUnsafeSlow(fitting);
    this.#length = 0;
  }

  text(text: string): void {
    this.#reserve(text.length * bytesAUnit);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  endLine(): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = lineFeed;
  }

  /** As String() has it. */
  number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) <= largestQuick) this.#integer(value);
    else this.text(formatted(value));
  }

  #integer(value: number): void {
    this.#reserve(mostIntegerBytes);
    const bytes = this.#bytes;
    let rest = Math.abs(value);
    if (value < 0) bytes[this.#length++] = minus;
    let end = this.#length + 1;
    for (let bound = 10; rest >= bound; bound *= 10) end += 1;
    this.#length = end;
    do {
      const tenth = Math.trunc(rest / 10);
      bytes[--end] = zero + rest - tenth * 10;
      rest = tenth;
    } while (rest > 0);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/** The text format has Go's words for what is not finite. */
const formatted = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
