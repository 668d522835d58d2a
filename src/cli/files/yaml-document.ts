import {
  LineCounter,
  isMap,
  isNode,
  isScalar,
  parseDocument,
  type Document,
  type Pair,
} from 'yaml';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';

/** A YAML text with the way back from a value to its line and column. */
export type YamlDocument = {
  readonly value: unknown;
  /** `file:line:column` of the value at this path, or of the nearest parent that is there. */
  readonly place: (path: readonly PropertyKey[]) => string;
  /** `file:line:column` of the key at the end of this path. */
  readonly placeOfKey: (path: readonly PropertyKey[]) => string;
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
    const said =
      error.code === 'MULTIPLE_DOCS'
        ? 'it holds more than one document'
        : visibleLine(
            error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
          );
    throw new InputError(
      `${visibleLine(name)}:${String(line)}:${String(col)}: this is not a YAML ${what}: ${said}.`,
      'Mend that line and try again.',
    );
  }
  const placeAt = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${visibleLine(name)}:${String(line)}:${String(col)}`;
  };
  return {
    value: document.toJS({ maxAliasCount: 20 }) as unknown,
    place: (path) => placeAt(offsetOf(document, path)),
    placeOfKey: (path) => placeAt(startOf(pairOf(document, path)?.key) ?? offsetOf(document, path)),
  };
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = valueOffset(document, path.slice(0, length));
    if (offset !== null) return offset;
  }
  return 0;
}

const startOf = (value: unknown): number | null =>
  isNode(value) ? (value.range?.[0] ?? null) : null;

/** The pair that the end of this path names, where its parent is a map. */
function pairOf(document: Document.Parsed, path: readonly PropertyKey[]): Pair | undefined {
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length === 0 ? document.contents : document.getIn(parentPath, true);
  if (!isMap(parent)) return undefined;
  const name = String(path.at(-1));
  return parent.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
}

function valueOffset(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  const pair = pairOf(document, path);
  if (pair === undefined) return startOf(document.getIn(path, true));
  return startOf(pair.value) ?? startOf(pair.key);
}
