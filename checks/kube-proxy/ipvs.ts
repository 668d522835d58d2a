import type { Intent } from '../../src/domain/intent.js';
import type { Source } from '../../src/domain/check.js';

/** Why a check of ipvs mode does not apply; null when the intent uses that mode. */
export const unlessIpvs = ({ kubeProxy }: Intent): string | null =>
  kubeProxy === 'ipvs' ? null : `kube-proxy in mode ${kubeProxy} is not concerned`;

/** Today's page on ipvs mode. */
export const ipvsPage = (says: string): Source => ({
  page: 'Use IPVS kube-proxy',
  url: 'https://docs.tigera.io/calico/latest/networking/configuring/use-ipvs',
  date: '2026-08-21',
  says,
});

/** What Felix takes unless it is told otherwise. */
export const DEFAULT_NODE_PORTS = '30000-32767';
export const DEFAULT_MARK_MASK = 0xffff0000;
