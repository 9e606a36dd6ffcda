// Which devices are wanted: globs over a device's name, or over "netns/name".
import picomatch from 'picomatch';

export type IsWanted = (netns: string, name: string) => boolean;

/** @param include none means every device; an exclusion wins over an inclusion */
export function wantedBy(include: readonly string[], exclude: readonly string[]): IsWanted {
  const isIncluded = include.length === 0 ? () => true : matcherOf(include);
  const isExcluded = matcherOf(exclude);
  return (netns, name) => isIncluded(netns, name) && !isExcluded(netns, name);
}

function matcherOf(globs: readonly string[]): IsWanted {
  const matchers = globs.map((glob) => picomatch(glob, { dot: true }));
  return (netns, name) => matchers.some((matches) => matches(name) || matches(`${netns}/${name}`));
}
