import { readFileSync } from 'node:fs';
import test from 'ava';
import { documentOf, isOf, objectsText, sectionOf, updatedDocument } from './document.js';
import { plans } from './plans.js';

const objects = '`a.bpf.o` 00 and `b.bpf.o` 11';
const headings = ['One', 'Two', 'Three'];
const [one, two, three] = [
  sectionOf('One', '| a |'),
  sectionOf('Two', 'text\n\n| b |'),
  sectionOf('Three', 'c'),
];
const updated = (document: string, sections: readonly string[]) =>
  updatedDocument(document, sections, { headings, objects });

const before = documentOf([one, two], objects);

test('a section takes the place of the one with its heading, the others stay', (t) => {
  t.is(updated(before, [sectionOf('Two', 'new')]), documentOf([one, sectionOf('Two', 'new')], objects));
  t.is(updated(before, []), before);
});

test('a section that is new comes where its plan has it, and a document can begin with nothing', (t) => {
  t.is(updated(documentOf([one, three], objects), [two]), documentOf([one, two, three], objects));
  t.is(updated('', [one]), documentOf([one], objects));
});

test('a run of all plans makes the same document whatever was there before', (t) => {
  const fresh = [one, two, three];
  t.is(updated(documentOf([sectionOf('Old', 'x'), three, two], objects), fresh), documentOf(fresh, objects));
});

test('a page is of the objects that it names, and of no others', (t) => {
  t.true(isOf(before, objects));
  t.false(isOf(before, '`a.bpf.o` 00 and `b.bpf.o` 12'));
  t.false(isOf('', objects));
});

test('the objects are told by their content', (t) => {
  t.regex(
    objectsText('bpf'),
    /^`vifscope\.bpf\.o` [0-9a-f]{16} and `vifscope-no-cmpxchg\.bpf\.o` [0-9a-f]{16}$/,
  );
});

test('docs/kernels.md was measured with the committed objects', (t) => {
  const page = readFileSync('docs/kernels.md', 'utf8');
  t.true(isOf(page, objectsText('bpf')), 'measure anew: npm run test:kernels -- --write');
});

test('no two plans share a name or a heading', (t) => {
  t.is(new Set(plans.map(({ name }) => name)).size, plans.length);
  t.is(new Set(plans.map(({ heading }) => heading)).size, plans.length);
});
