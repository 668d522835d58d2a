import type { AnyCheck } from '../../src/domain/check.js';
import { systemdNetworkd } from './systemd-networkd.js';
import { macPolicy } from './mac-policy.js';
import { checksumOffload } from './checksum-offload.js';
import { leftovers } from './leftovers.js';
import { manageable } from './manageable.js';
import { networkmanager } from './networkmanager.js';
import { nmCloudSetup } from './nm-cloud-setup.js';

/** The checks of this folder, in the order of reports. */
export const interfacesChecks: readonly AnyCheck[] = [
  manageable,
  leftovers,
  networkmanager,
  nmCloudSetup,
  checksumOffload,
  systemdNetworkd,
  macPolicy,
];
