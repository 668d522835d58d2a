import type { FileChange, Fix } from '../../src/domain/fix.js';
import type { NmConfFile } from '../probes/networkmanager-conf.js';
import { CALICO_NAMES } from './calico-interfaces.js';
import { parseKeyFile } from '../probes/support/keyfile.js';
import { UNMANAGED_KEY } from './networkmanager-config.js';

const FOLDER = '/etc/NetworkManager/conf.d';
export const FIX_PATH = `${FOLDER}/zz-calico-ready.conf`;

// eBPF's veth pair is not in the documented file, and NetworkManager takes it as readily (facts 3.1).
const NAMES = [...CALICO_NAMES.map(({ pattern }) => pattern), 'bpfin.cali', 'bpfout.cali'];

export const FIX_CONTENT = `# Written by calico-ready: NetworkManager leaves the interfaces of Calico alone.
[keyfile]
${UNMANAGED_KEY}+=${NAMES.map((name) => `interface-name:${name}`).join(';')}
`;

// nmcli reloads since NetworkManager 1.22, the signal since 1.0; neither touches a connection (facts 3.2).
export const RELOAD =
  '/usr/bin/nmcli general reload conf || /usr/bin/systemctl reload NetworkManager || /bin/systemctl reload NetworkManager';

const common = {
  units: [],
  commands: [RELOAD],
  undoCommands: [RELOAD],
  disturbsNetwork: false,
  needsReboot: false,
} as const;

/** Writes the one file of ours, and nothing else. */
export function unmanagedFix(files: readonly NmConfFile[]): Fix {
  const old = files.find(({ path }) => path === FIX_PATH)?.text ?? null;
  return {
    ...common,
    way: 'unmanaged',
    summary: `Write ${FIX_PATH}, so that NetworkManager leaves the interfaces of Calico alone, and reload its configuration.`,
    kind: 'safe',
    loses: [],
    files: [{ path: FIX_PATH, content: FIX_CONTENT, mode: '0644', expected: old }],
    byHand: `Write ${FIX_PATH} with the section [keyfile] and ${UNMANAGED_KEY}+=${NAMES.map((name) => `interface-name:${name}`).join(';')}, then run: nmcli general reload conf`,
  };
}

/**
 * Makes the plain list of section [keyfile] add instead of replace. Unchanged where the file also holds a `+=`: of two
 * such lines in one file only the last would count.
 */
function additive(text: string): string {
  const entries = parseKeyFile(text)?.get('keyfile') ?? [];
  if (entries.some(({ key }) => key === `${UNMANAGED_KEY}+`)) return text;
  let inKeyfile = false;
  const lines = text.split('\n').map((line) => {
    const group = /^\s{0,200}\[([^[\]]{1,200})\]/.exec(line)?.[1];
    if (group !== undefined) inKeyfile = group === 'keyfile';
    return inKeyfile ? line.replace(/^([ \t]{0,200}unmanaged-devices)[ \t]{0,200}=/, '$1+=') : line;
  });
  return lines.join('\n');
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Files that NetworkManager reads after ours and that replace the list. */
export function laterFiles(files: readonly NmConfFile[]): readonly FileChange[] {
  return files.flatMap(({ path, text }) => {
    const later = path.startsWith(`${FOLDER}/`) && nameOf(path) > nameOf(FIX_PATH);
    if (!later || text === null) return [];
    const content = additive(text);
    return content === text ? [] : [{ path, content, expected: text }];
  });
}

/** Mends the files that would drop our list. The list of the operator stays, added to what came before. */
export function laterFileFix(changes: readonly FileChange[], files: readonly NmConfFile[]): Fix {
  const paths = changes.map(({ path }) => path).join(' and ');
  const own = unmanagedFix(files);
  return {
    ...common,
    way: 'later-file',
    summary: `Make ${paths} add to the list of unmanaged devices instead of replacing it, write ${FIX_PATH}, and reload.`,
    kind: 'disruptive',
    consentWord: 'edit',
    loses: [
      `${paths} is a file of yours: devices that earlier files name become unmanaged too, because it no longer replaces their list.`,
    ],
    files: [...changes, ...own.files],
    byHand: `In ${paths} write ${UNMANAGED_KEY}+= in place of ${UNMANAGED_KEY}=. ${own.byHand}`,
  };
}
