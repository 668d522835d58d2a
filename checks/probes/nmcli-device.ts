import { defineProbe } from '../../src/domain/probe.js';
import {
  DEVICE_HEADING,
  NM_DEVICE_FIELDS,
  parseDeviceTable,
  readNmcli,
  type NmDevices,
} from './support/nm-devices.js';

export const nmcliDevice = defineProbe<NmDevices>({
  id: 'nmcli-device',
  command: 'nmcli device',
  script: 'nmcli device',
  rootCommands: [],
  timeoutSeconds: 15,
  maxBytes: 1 << 20,
  talks: true,
  fields: NM_DEVICE_FIELDS,
  goodExits: [8],
  recognises: (stdout) => DEVICE_HEADING.test(stdout.slice(0, 500)),
  parse: (raw) => readNmcli(raw, parseDeviceTable),
});
