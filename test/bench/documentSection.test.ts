import test from 'ava';
import { withSection } from '../../src/bench/documentSection.js';

test('a new section takes the place of the old one, and nothing else changes', (t) => {
  const document = (section: string) =>
    `before\n\n<!-- bench:a -->\n${section}<!-- /bench:a -->\n\n<!-- bench:b -->\n<!-- /bench:b -->\nafter\n`;
  const once = withSection(document(''), 'bench:a', 'one\n');
  t.is(once, document('\none\n\n'));
  t.is(withSection(once, 'bench:a', 'two\n'), document('\ntwo\n\n'));
  t.throws(() => withSection(document(''), 'bench:c', 'one'), { message: /no place for bench:c/ });
});
