import { fight, type Figure } from './figure.js';
import { wallTime } from './command.js';

/** Time for `--version` against an empty Node. */
export function startUp(cli: string): Promise<Figure> {
  const { execPath } = process;
  return fight({
    name: 'start',
    unit: 'ms',
    limit: 1.5,
    runs: 31,
    what: 'calico-ready --version',
    measure: () => wallTime(execPath, [cli, '--version']),
    peerWhat: 'node -e 0',
    measurePeer: () => wallTime(execPath, ['-e', '0']),
  });
}
