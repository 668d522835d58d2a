import { expect, it } from 'vitest';
import { createFilesPort } from '../../../src/cli/wizard/files-port.js';
import { createStateFiles } from '../../../src/cli/wizard/state-files.js';

const port = createFilesPort(createStateFiles('/nonexistent'), undefined);

it('a mistake in a pasted list is named by its line, and that nothing of the list was taken', () => {
  expect(() => port.parseInventory('node-1\nnode-2 worker\n')).toThrow(
    expect.objectContaining({
      message: 'line 2: "node-2 worker" is not a node.',
      nextStep:
        'Write it as [user@]host[:port], with an IPv6 address in brackets. Nothing was added.',
    }),
  );
  expect(() => port.parseInventory('node-1\n\nnode-1\n')).toThrow(
    'line 3: "node-1" is in the inventory twice, first at line 1.',
  );
});
