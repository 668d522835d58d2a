import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusFirewalld = pastedStatusProbe('firewalld');
