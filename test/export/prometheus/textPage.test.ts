import test from 'ava';
import fc from 'fast-check';
import { TextPage } from '../../../src/export/prometheus/textPage.js';

type Piece = { readonly text: string } | { readonly bytes: string } | { readonly number: number };

const numbers = fc.oneof(
  fc.integer(),
  fc.integer({ min: 2 ** 31 - 3, max: 2 ** 31 + 3 }),
  fc.maxSafeNat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  ...[0, -0, 9, 10, 99, 100, -(2 ** 31), 1e21, 5e-324].map((number) => fc.constant(number)),
);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ text: fc.string({ unit: 'grapheme' }) }),
  // Now and then more than there is room for.
  fc.record({
    bytes: fc.oneof(
      fc.string(),
      fc.nat(100_000).map((length) => 'b'.repeat(length)),
    ),
  }),
  fc.record({ number: numbers }),
);

function write(page: TextPage, pieces: readonly Piece[]): string {
  page.begin();
  return pieces
    .map((piece) => {
      if ('text' in piece) page.text(piece.text);
      else if ('bytes' in piece) page.bytes(Buffer.from(piece.bytes));
      else page.number(piece.number);
      page.endLine();
      const [text] = Object.values(piece);
      return `${text}\n`;
    })
    .join('');
}

test('whatever is written stands there in its order, also when it is written over older text', (t) => {
  const page = new TextPage();
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = write(page, pieces);
      t.is(page.written.compare(Buffer.from(text)), 0);
    }),
    { numRuns: 100 },
  );
});

test('numbers that are not finite are written as Go does', (t) => {
  const page = new TextPage();
  for (const [value, text] of [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ] as const) {
    page.begin();
    page.number(value);
    t.is(page.written.toString(), text);
  }
});

test('memory of a long text is kept for the next one, and given back when they are short', (t) => {
  const page = new TextPage();
  const writeBytes = (length: number) => {
    page.begin();
    page.bytes(Buffer.alloc(length));
    return page.capacity;
  };
  const large = writeBytes(2_000_000);
  t.is(writeBytes(1_900_000), large);
  t.is(writeBytes(1_000), large, 'one short text may be chance');
  t.true(writeBytes(1_000) < 100_000);
});
