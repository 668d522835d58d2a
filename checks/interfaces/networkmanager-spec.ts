import { globMatches } from '../../src/domain/glob.js';
/**
 * Device specs of NetworkManager.conf(5), as nm_match_spec_split and nm_match_spec_device of NetworkManager 1.42
 * read them: https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html
 */

/** What of a device a spec can name. */
export type Device = { readonly name: string; readonly type: string; readonly driver: string };
export type SpecMatch = 'match' | 'excepted' | 'no-match';

const ESCAPES: Readonly<Record<string, string>> = {
  s: ' ',
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  ',': ',',
  ';': ';',
};

const isBlank = (character: string): boolean => ' \t\n\v\f\r'.includes(character);

/**
 * The entries of a list, at `,` or `;`, without blanks around them; `\s` keeps a blank. As in NetworkManager, each blank
 * since the last escape costs an entry one character at its end, even a blank inside.
 */
export function splitSpecs(value: string): readonly string[] {
  const specs: string[] = [];
  let [spec, blanks] = ['', 0];
  const flush = (): void => {
    if (spec.length > blanks) specs.push(spec.slice(0, spec.length - blanks));
    [spec, blanks] = ['', 0];
  };
  for (let index = 0; index < value.length; index += 1) {
    const character = value.charAt(index);
    if (character === ',' || character === ';') flush();
    else if (character === '\\') {
      index += 1;
      if (index === value.length) break;
      const escaped = value.charAt(index);
      spec += ESCAPES[escaped] ?? `\\${escaped}`;
      blanks = 0;
    } else if (!isBlank(character)) spec += character;
    else if (spec !== '') {
      spec += character;
      blanks += 1;
    }
  }
  flush();
  return specs;
}

const afterTag = (spec: string, tag: string): string | null =>
  spec.slice(0, tag.length).toLowerCase() === tag ? spec.slice(tag.length) : null;

function nameMatches(wanted: string, name: string): boolean {
  if (wanted.startsWith('=')) return wanted.slice(1) === name;
  const pattern = wanted.startsWith('~') ? wanted.slice(1) : wanted;
  return pattern === name || globMatches(pattern, name);
}

function driverMatches(wanted: string, driver: string): boolean {
  const slash = wanted.lastIndexOf('/');
  if (slash === -1) return wanted === driver;
  // The versions of these drivers are not known before they exist; only a glob for any version counts.
  return wanted.slice(0, slash) === driver && wanted.slice(slash + 1) === '*';
}

/** `fuzzy`: a bare interface name counts, which it does not after `except:`. */
function specMatches(spec: string, fuzzy: boolean, device: Device): boolean {
  if (spec === '*') return true;
  const type = afterTag(spec, 'type:');
  if (type !== null) return type === device.type;
  const name = afterTag(spec, 'interface-name:');
  if (name !== null) return nameMatches(name, device.name);
  const driver = afterTag(spec, 'driver:');
  if (driver !== null) return driverMatches(driver, device.driver);
  // mac:, s390-subchannels: and dhcp-plugin: never name a virtual device that does not exist yet.
  return fuzzy && spec === device.name;
}

/** A list of nothing but `except:` entries matches whatever they do not name; else a matching `except:` wins. */
export function matchSpecs(specs: readonly string[], device: Device): SpecMatch {
  let [positive, excepted, onlyExcept] = [false, false, specs.length > 0];
  for (const spec of specs) {
    const rest = afterTag(spec, 'except:');
    if (rest === null) onlyExcept = false;
    if (!specMatches(rest ?? spec, rest === null, device)) continue;
    if (rest === null) positive = true;
    else excepted = true;
  }
  if (excepted) return 'excepted';
  return positive || onlyExcept ? 'match' : 'no-match';
}

/** As nm_match_spec_join writes a list: what `--print-config` shows after a `+=` or `-=`. */
export const joinSpecs = (specs: readonly string[]): string =>
  specs
    .map((spec) => spec.replace(/[\\\n\r,;]|^[ \t]|[ \t]$/g, (one) => `\\${LETTERS[one] ?? one}`))
    .join(',');

const LETTERS: Readonly<Record<string, string>> = { ' ': 's', '\t': 't', '\n': 'n', '\r': 'r' };
