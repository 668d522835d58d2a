import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStateFiles } from '../../../src/cli/wizard/state-files.js';
import { OperatorError } from '../../../src/domain/errors.js';
import { deserialiseSession } from '../../../src/session/snapshot/snapshot.js';
import { createSessionStore } from '../../../src/session/store.js';
import { fakePorts, healthy, inventoryNode } from '../../helpers/fake-ports.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-state-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const state = () => {
  const node = inventoryNode('n1');
  const fake = fakePorts({ n1: healthy() });
  return createSessionStore(fake.ports, {
    runId: 'r',
    startedAt: '2026-11-22T00:00:00.000Z',
    nodes: [node],
  }).store.getState();
};

describe('the saved session', () => {
  it('can be read back, by its owner alone', async () => {
    const files = createStateFiles(join(folder, 'a', 'calico-ready'));
    expect(files.load()).toBeNull();
    await files.save(state());
    expect(deserialiseSession(files.load() ?? '').session?.nodes.map(({ name }) => name)).toEqual([
      'n1',
    ]);
    expect(statSync(join(folder, 'a', 'calico-ready')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a', 'calico-ready', 'session.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'a', 'calico-ready'))).toEqual(['session.json']);
  });

  it('is kept beside when the operator begins afresh', async () => {
    const files = createStateFiles(join(folder, 'b'));
    await files.save(state());
    files.setAside();
    expect(files.load()).toBeNull();
    expect(readdirSync(join(folder, 'b'))).toEqual(['session.previous.json']);
  });

  it('is saved at once when a signal leaves no time', () => {
    const files = createStateFiles(join(folder, 'c'));
    files.saveNow(state());
    expect(files.load()).toContain('"n1"');
  });

  it('says where it could not be saved', async () => {
    const occupied = join(folder, 'occupied');
    writeFileSync(occupied, '');
    const files = createStateFiles(join(occupied, 'inside'));
    await expect(files.save(state())).rejects.toThrow(OperatorError);
  });
});
