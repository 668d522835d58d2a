import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document } from 'yaml';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';

/** A YAML text with the way back from a value to its line and column. */
export type YamlDocument = {
  readonly value: unknown;
  /** `file:line:column` of the value at this path, or of the nearest parent that is there. */
  readonly place: (path: readonly PropertyKey[]) => string;
};

/** Parses one YAML document. Throws InputError with line and column for malformed text and duplicate keys. */
export function parseYaml(text: string, name: string, what: string): YamlDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    maxAliasCount: 20,
  } as never);
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = counter.linePos(error.pos[0]);
    const said = visibleLine(
      error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
    );
    throw new InputError(
      `${visibleLine(name)}:${String(line)}:${String(col)}: this is not a YAML ${what}: ${said}.`,
      'Mend that line and try again.',
    );
  }
  return {
    value: document.toJS({ maxAliasCount: 20 }) as unknown,
    place: (path) => {
      const { line, col } = counter.linePos(offsetOf(document, path));
      return `${visibleLine(name)}:${String(line)}:${String(col)}`;
    },
  };
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = keyOffset(document, path.slice(0, length));
    if (offset !== null) return offset;
  }
  return 0;
}

const startOf = (value: unknown): number | null =>
  isNode(value) ? (value.range?.[0] ?? null) : null;

// An unknown key is best shown by the key itself; anything else by its value.
function keyOffset(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length === 0 ? document.contents : document.getIn(parentPath, true);
  if (!isMap(parent)) return startOf(document.getIn(path, true));
  const name = String(path.at(-1));
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
  return pair === undefined ? null : (startOf(pair.value) ?? startOf(pair.key));
}
