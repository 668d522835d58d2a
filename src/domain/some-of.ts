/** The first few of many in a sentence, and how many more there are: `a, b and 7 more`. */
export const someOf = (items: readonly string[], most = 5): string =>
  items.slice(0, most).join(', ') +
  (items.length > most ? ` and ${String(items.length - most)} more` : '');
