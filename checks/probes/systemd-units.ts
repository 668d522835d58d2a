import { defineProbe } from '../../src/domain/probe.js';
import { UNITS } from '../requirements/units.js';
import { parseShow, SHOWN, UNIT_FIELDS, type UnitStates } from './support/systemctl.js';

const ASK = `systemctl show -p ${SHOWN}`;

/** What systemd says of every unit that a check asks for. Where systemd does not run there is no answer. */
export const systemdUnits = defineProbe<UnitStates>({
  id: 'systemd-units',
  command: `${ASK} UNIT`,
  script: `${ASK} ${UNITS.join(' ')}`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  talks: true,
  fields: UNIT_FIELDS,
  parse: ({ stdout }) => parseShow(stdout),
});
