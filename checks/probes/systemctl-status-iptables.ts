import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusIptables = pastedStatusProbe('iptables');
