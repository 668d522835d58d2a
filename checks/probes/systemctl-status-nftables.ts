import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusNftables = pastedStatusProbe('nftables');
