import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { FilesPort } from '../../session/ports.js';
import { readIntent, validateIntent } from '../files/intent-file.js';
import { parseInventory, readInventory } from '../files/inventory-file.js';
import { isHost } from '../files/node-argument.js';
import { readText } from '../files/read-text.js';
import { expandHome } from '../wiring/access-files.js';
import { homeFolder } from '../wiring/ssh-config/local-user.js';
import type { StateFiles } from './state-files.js';

const TYPED = 'typed';

/** The Host names of ssh_config that are names, not patterns; what they mean, ssh itself is asked later. */
export function hostsOfSshConfig(text: string): readonly InventoryNode[] {
  const names = text.split('\n').flatMap((line) => {
    const match = /^\s*Host(?:\s*=\s*|\s+)(.{1,2000})$/i.exec(line);
    return (match?.[1] ?? '')
      .split(/\s+/)
      .filter((name) => name !== '' && !/[*?!"]/.test(name) && isHost(name));
  });
  return [...new Set(names)].map((name) => ({ name, host: name, roles: [] }));
}

/** What was typed or pasted has lines, but no file name that would say anything. */
function parseTyped(text: string): readonly InventoryNode[] {
  try {
    return parseInventory(text, TYPED);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lines = new RegExp(`\\b${TYPED}:(\\d+):\\d+`, 'g');
    throw new InputError(
      error.message.replace(lines, 'line $1'),
      `${error.nextStep} Nothing was added.`,
    );
  }
}

/** Files for the wizard. `readIntent` and friends are loaded with it, so this module is imported when it is needed. */
export function createFilesPort(state: StateFiles, sshConfig: string | undefined): FilesPort {
  return {
    readInventory: (path) => readInventory(expandHome(path)),
    parseInventory: parseTyped,
    sshConfigHosts: async () => {
      const path = sshConfig ?? join(homeFolder(), '.ssh', 'config');
      const text = await readFile(path, 'utf8').catch(() => null);
      if (text === null)
        throw new InputError(
          `There is no SSH configuration at ${path}.`,
          'Type the nodes, or load a file.',
        );
      const hosts = hostsOfSshConfig(text.slice(0, 1_048_576));
      if (hosts.length === 0)
        throw new InputError(
          `${path} names no Host without a pattern.`,
          'Type the nodes, or load a file.',
        );
      return hosts;
    },
    readHostKeys: (path) => readText(expandHome(path), 'list of host keys'),
    readIntent: (path) => readIntent(expandHome(path)),
    checkIntent: (candidate) => validateIntent(candidate, () => 'Intent'),
    save: state.save,
    saveNow: state.saveNow,
  };
}
