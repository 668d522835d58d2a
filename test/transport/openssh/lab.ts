import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ConnectError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openRig, type OpenRig } from './rig.js';

/** A real sshd with a user whom the keys `id` and `locked` (passphrase `open sesame`) let in, and not the key `stranger`. */
export type OpenLab = {
  readonly sshd: Sshd;
  readonly user: TestUser;
  /** A fresh folder. */
  readonly folder: () => string;
  /** The path of a key by its name. */
  readonly key: (name: string) => string;
  readonly rig: (
    change?: Parameters<typeof openRig>[1],
    answers?: readonly (string | null)[],
    at?: string,
  ) => OpenRig;
  readonly here: () => InventoryNode;
  /** Another sshd that lets the user in with the key `id`; ended with the lab. */
  readonly another: (extra?: readonly string[], setup?: string) => Promise<Sshd>;
  /** The ConnectError of a node; a healthy node of the same run, by the same transport, is entered meanwhile. */
  readonly failsAlone: (mine: OpenRig, node: InventoryNode) => Promise<ConnectError>;
};

/** For a group of tests: made before the first, ended after the last. */
export function openLab(sudoers: readonly string[] = []): OpenLab {
  let sshd: Sshd;
  let healthy: Sshd;
  let user: TestUser;
  const others: Sshd[] = [];
  const key = (name: string): string => join(sshd.folder, name);
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
  const letIn = (server: Sshd, ...names: readonly string[]): void => {
    const lines = names.map((name) => readFileSync(`${key(name)}.pub`, 'utf8').trim());
    authorize(server, user.name, ...lines);
    authorize(server, 'root', ...lines);
  };
  const another: OpenLab['another'] = async (extra = [], setup = '') => {
    const server = await startSshd(extra, setup);
    others.push(server);
    letIn(server, 'id');
    return server;
  };
  beforeAll(async () => {
    sshd = await startSshd();
    user = addUser({ sudoers });
    makeKey(key('id'), 'ed25519');
    makeKey(key('locked'), 'ed25519', 'open sesame');
    makeKey(key('stranger'), 'ed25519');
    letIn(sshd, 'id', 'locked');
    healthy = await another();
    letIn(healthy, 'id', 'stranger');
  });
  afterAll(async () => {
    await Promise.all([...others, sshd].map((server) => server.stop()));
    user.remove();
  });
  return {
    get sshd() {
      return sshd;
    },
    get user() {
      return user;
    },
    folder,
    key,
    rig: (change = {}, answers = [], at = folder()) =>
      openRig(at, { identityFiles: [key('id')], ...change }, answers),
    here: () => nodeAt(sshd.port, user.name),
    another,
    failsAlone: async (mine, node) => {
      const beside = { ...nodeAt(healthy.port, user.name), name: 'beside' };
      const type = 'ssh-ed25519';
      mine.options.pins.accept({
        host: beside.host,
        port: healthy.port,
        key: healthy.hostKeys.ed25519.slice(type.length + 1),
      });
      const entering = mine.open(beside);
      // Whatever the other's end is, this one is looked at only after it.
      const failure = await mine.failure(node).finally(() => entering.catch(() => undefined));
      const session = await entering;
      const said = await run(session, 'id -un\n');
      await session.close();
      expect(said.stdout.toString()).toBe(`${user.name}\n`);
      return failure;
    },
  };
}
