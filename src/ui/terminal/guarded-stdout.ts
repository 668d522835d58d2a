import type { TerminalOut } from './streams.js';

// Ink 6 compares its frame with the terminal's rows and, after a terminal shrank, answers with CSI 3 J, which
// erases the operator's scrollback. It is told of no limit, and our own layout keeps every frame short enough.
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** The same stream with its height hidden from Ink. */
export function guardStdout(stdout: TerminalOut): TerminalOut {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(stdout, {
    get(target, property) {
      if (property === 'rows') return UNLIMITED;
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const known = bound.get(property);
      if (known !== undefined) return known;
      const method: unknown = value.bind(target);
      bound.set(property, method);
      return method;
    },
  });
}
