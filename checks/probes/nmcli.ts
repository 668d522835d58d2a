import { defineProbe } from '../../src/domain/probe.js';
import {
  NM_DEVICE_FIELDS,
  parseOverview,
  readNmcli,
  type NmDevices,
} from './support/nm-devices.js';

/** Pasted only; live, `nmcli device` says the same in less. */
export const nmcli = defineProbe<NmDevices>({
  id: 'nmcli',
  command: 'nmcli',
  script: null,
  rootCommands: [],
  timeoutSeconds: 15,
  maxBytes: 1 << 20,
  fields: NM_DEVICE_FIELDS,
  goodExits: [8],
  recognises: (stdout) =>
    stdout.includes('Use "nmcli device show" to get complete information about known devices'),
  parse: (raw) => readNmcli(raw, parseOverview),
});
