import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusUfw = pastedStatusProbe('ufw');
