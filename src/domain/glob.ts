/** `*` and `?` only, in linear time for one `*` and without backtracking over earlier ones. */
export function globMatches(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const character = pattern[p];
    if (character === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (character === '?' || character === text[t]) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
