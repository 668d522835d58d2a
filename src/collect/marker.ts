/** One line of the frame protocol, without nonce. */
export type Marker =
  | { readonly kind: 'meta'; readonly meta: CollectorMeta }
  | { readonly kind: 'begin'; readonly id: string; readonly uptime: number | null }
  | { readonly kind: 'stderr'; readonly id: string }
  /** The frame that stands open counts for nothing: the probe is asked again. */
  | { readonly kind: 'void'; readonly id: string }
  | {
      readonly kind: 'end';
      readonly id: string;
      /** Null when the node could not tell how the command ended. */
      readonly exit: number | null;
      readonly uptime: number | null;
    }
  | {
      readonly kind: 'last';
      readonly sum: { readonly crc: number; readonly length: number } | null;
    };

/** What the collector says of itself. Claims of the node, bounded. */
export type CollectorMeta = {
  readonly uid: number | null;
  readonly user: string | null;
  /** How lines that need root were run. */
  readonly become: 'root' | 'sudo' | 'doas' | 'none';
  /** Which dialect of `timeout` the node has. */
  readonly timeout: 'gnu' | 'busybox' | 'old' | 'none';
  /** The node's clock in seconds since 1970. */
  readonly epoch: number | null;
};

/** No marker line is longer, so that a damaged one cannot swallow what follows. */
export const LONGEST_MARKER = 200;

const ID = '([a-z0-9][a-z0-9-]{0,63})';
const TIME = '(-|\\d{1,12}(?:\\.\\d{1,3})?)';
const META =
  /^M 1 (-|\d{1,10}) (-|[A-Za-z0-9._-]{1,64}) (root|sudo|doas|none) (gnu|busybox|old|none) (-|\d{1,12}) \S{1,20}$/;
const BEGIN = new RegExp(`^B ${ID} ${TIME}$`);
const STDERR = new RegExp(`^S ${ID}$`);
const VOID = new RegExp(`^V ${ID}$`);
const END = new RegExp(`^E ${ID} (x|\\d{1,3}) ${TIME}$`);
const LAST = /^Z (\d{1,10}|-) (\d{1,15}|-)$/;

const number = (text: string): number | null => (/^\d/.test(text) ? Number(text) : null);

function metaOf(line: string): Marker | null {
  const match = META.exec(line);
  if (match === null) return null;
  const [, uid = '-', user = '-', become = 'none', timeout = 'none', epoch = '-'] = match;
  const meta: CollectorMeta = {
    uid: number(uid),
    user: user === '-' ? null : user,
    become: become as CollectorMeta['become'],
    timeout: timeout as CollectorMeta['timeout'],
    epoch: number(epoch),
  };
  return { kind: 'meta', meta };
}

function beginOf(line: string): Marker | null {
  const [, id = '', uptime = '-'] = BEGIN.exec(line) ?? [];
  return id === '' ? null : { kind: 'begin', id, uptime: number(uptime) };
}

function stderrOf(line: string): Marker | null {
  const id = STDERR.exec(line)?.[1];
  return id === undefined ? null : { kind: 'stderr', id };
}

function voidOf(line: string): Marker | null {
  const id = VOID.exec(line)?.[1];
  return id === undefined ? null : { kind: 'void', id };
}

function endOf(line: string): Marker | null {
  const [, id = '', exit = 'x', uptime = '-'] = END.exec(line) ?? [];
  return id === '' ? null : { kind: 'end', id, exit: number(exit), uptime: number(uptime) };
}

function lastOf(line: string): Marker | null {
  const match = LAST.exec(line);
  if (match === null) return null;
  const crc = number(match[1] ?? '');
  const length = number(match[2] ?? '');
  // A length of zero: tee could not open its second output, so nothing was counted.
  const sum = crc === null || length === null || length === 0 ? null : { crc, length };
  return { kind: 'last', sum };
}

/** Null for a line that is no marker of this protocol. */
export function parseMarker(line: string): Marker | null {
  switch (line.charAt(0)) {
    case 'B':
      return beginOf(line);
    case 'S':
      return stderrOf(line);
    case 'E':
      return endOf(line);
    case 'V':
      return voidOf(line);
    case 'M':
      return metaOf(line);
    case 'Z':
      return lastOf(line);
    default:
      return null;
  }
}
