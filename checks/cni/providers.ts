import type { Intent } from '../../src/domain/intent.js';
import type { CniConfiguration } from '../probes/cni-configurations.js';
import { CHAINED, CNI_PROVIDERS, INNER, type CniProvider } from '../requirements/cni-providers.js';

/** Whose file it is: Calico's, a known provider's, or that of a plug-in that nobody here knows. */
export type Owner =
  | { readonly whose: 'calico' }
  | { readonly whose: 'known'; readonly provider: CniProvider }
  | { readonly whose: 'unknown'; readonly type: string }
  /** It gives no pod a network, or it may not be read and its name tells nothing. */
  | { readonly whose: 'nobody' }
  | { readonly whose: 'hidden' };

const byFile = (file: string): CniProvider | undefined =>
  CNI_PROVIDERS.find(({ files }) => files.some((part) => file.includes(part)));

const known = (provider: CniProvider): Owner => ({ whose: 'known', provider });

// A file that may not be read still has a name.
function byName(file: string): Owner {
  if (/^10-(?:calico|canal)\./.test(file)) return { whose: 'calico' };
  const provider = byFile(file);
  return provider === undefined ? { whose: 'hidden' } : known(provider);
}

/** Whose configuration a file is, by its plug-ins and, where they are common ones, by its name. Pure. */
export function ownerOf({ file, types }: CniConfiguration): Owner {
  if (types === null) return byName(file);
  const main = types.filter((type) => !CHAINED.has(type) && !INNER.has(type));
  const [type] = main;
  if (type === undefined) return { whose: 'nobody' };
  const meta = CNI_PROVIDERS.find(
    (provider) => provider.kind === 'meta' && provider.types.includes(type),
  );
  if (meta !== undefined) return known(meta);
  if (main.includes('calico')) return { whose: 'calico' };
  const provider = CNI_PROVIDERS.find(({ types: own }) => own.includes(type)) ?? byFile(file);
  return provider === undefined ? { whose: 'unknown', type } : known(provider);
}

/** Whether this provider belongs on a node under this intent. */
export const belongs = ({ kind, network }: CniProvider, intent: Intent): boolean =>
  kind === 'meta' || (network !== undefined && network === intent.network);

export type Sign = { readonly sign: string; readonly isRunning: boolean };

function signOf(
  { processes, interfaces }: CniProvider,
  devices: readonly string[],
  daemons: readonly string[],
): Sign | null {
  const daemon = processes.find((name) => daemons.includes(name));
  if (daemon !== undefined) return { sign: `${daemon} is running`, isRunning: true };
  const device = interfaces.find((name) => devices.includes(name));
  return device === undefined ? null : { sign: `interface ${device}`, isRunning: false };
}

/** Providers that show themselves by interfaces or running processes. */
export function aliveOnes(
  devices: readonly string[],
  daemons: readonly string[],
): ReadonlyMap<CniProvider, Sign> {
  const alive = new Map<CniProvider, Sign>();
  for (const provider of CNI_PROVIDERS) {
    const sign = signOf(provider, devices, daemons);
    if (sign !== null) alive.set(provider, sign);
  }
  return alive;
}
