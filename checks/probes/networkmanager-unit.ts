import { unitProbe } from './support/systemctl.js';

export const networkmanagerUnit = unitProbe('networkmanager-unit', 'NetworkManager.service');
