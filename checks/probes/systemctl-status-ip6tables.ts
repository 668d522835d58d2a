import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusIp6tables = pastedStatusProbe('ip6tables');
