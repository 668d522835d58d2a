import { unitProbe } from './support/systemctl.js';

export const firewalldUnit = unitProbe('firewalld-unit', 'firewalld.service');
