// Labels as the text format has them.

/** device="veth0",netns="host" */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** A device's name can hold anything but NUL and a slash. */
const escaped = (value: string): string =>
  /[\\"\n]/.test(value) ? value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n') : value;
