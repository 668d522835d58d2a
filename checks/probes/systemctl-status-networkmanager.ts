import { pastedStatusProbe } from './support/systemctl.js';

export const systemctlStatusNetworkManager = pastedStatusProbe('NetworkManager');
