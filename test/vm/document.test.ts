import test from 'ava';
import { documentOf, updatedDocument } from './document.js';

const before = documentOf(['## One\n\n| a |', '## Two\n\ntext\n\n| b |']);

test('a section takes the place of the one with its heading, the others stay', (t) => {
  t.is(updatedDocument(before, ['## Two\n\nnew']), documentOf(['## One\n\n| a |', '## Two\n\nnew']));
  t.is(updatedDocument(before, []), before);
});

test('a section that is new stands at the end, and a document can begin with nothing', (t) => {
  t.is(updatedDocument(before, ['## Three\n\nc']), `${before}\n## Three\n\nc\n`);
  t.is(updatedDocument('', ['## One\n\n| a |']), documentOf(['## One\n\n| a |']));
});
