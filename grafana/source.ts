// The data source that whoever looks at a dashboard chooses; no other is named anywhere.

export const sourceVariable = 'datasource';

/** What panels and variables read from. */
export const chosenSource = { type: 'prometheus', uid: `\${${sourceVariable}}` } as const;
