import type { AnyCheck } from '../../src/domain/check.js';
import { ipvsExternalIps } from './ipvs-external-ips.js';
import { ipvsInterfaceNames } from './ipvs-interface-names.js';
import { ipvsMarkBits } from './ipvs-mark-bits.js';
import { ipvsNodeportRange } from './ipvs-nodeport-range.js';
import { masqueradeAll } from './masquerade-all.js';
import { modeChanged } from './mode-changed.js';
import { modeVersion } from './mode-version.js';
import { mode } from './mode.js';

/** The checks of this folder, in the order of reports. */
export const kubeProxyChecks: readonly AnyCheck[] = [
  mode,
  modeVersion,
  masqueradeAll,
  modeChanged,
  ipvsMarkBits,
  ipvsNodeportRange,
  ipvsExternalIps,
  ipvsInterfaceNames,
];
