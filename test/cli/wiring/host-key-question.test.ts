import { expect, test } from 'vitest';
import { askingForHostKeys, type HostKeyIo } from '../../../src/cli/wiring/host-key-question.js';
import { CancelledError, ConnectError, InputError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type { Session, Transport, UnknownHostKey } from '../../../src/domain/transport.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';

const never = new AbortController().signal;
const print = (letter: string): string => `SHA256:${letter.repeat(43)}`;
const node = (name: string): InventoryNode => ({ name, host: `${name}.example`, roles: [] });

/** Nodes by name and the letter of their key; an answer for each question. */
function fleet(
  keys: Record<string, string>,
  answers: readonly string[],
  io: Partial<HostKeyIo> = {},
) {
  const pins = createHostKeyPins();
  const shown = new Map<string, UnknownHostKey>();
  const questions: string[] = [];
  const told: string[] = [];
  const left = [...answers];
  const transport: Transport = {
    open: ({ name, host }) => {
      if (name === 'hangs') return new Promise(() => undefined);
      const letter = keys[name];
      if (letter === undefined) return Promise.reject(new ConnectError('refused: no', ''));
      const key = { node: name, host, port: 22, type: 'ssh-ed25519', key: letter };
      const fingerprint = print(letter);
      if (pins.keyOf(host, 22) === letter) {
        const peer = { transport: 'ssh2' as const, host };
        return Promise.resolve({ peer } as Session);
      }
      shown.set(name, { ...key, fingerprint });
      return Promise.reject(new ConnectError(`host-key-unknown: ${name}`, ''));
    },
  };
  const asking = askingForHostKeys(transport, pins, shown, {
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(left.shift() ?? '');
    },
    readList: () => Promise.reject(new InputError('Cannot read it.', 'Check the path.')),
    tell: (text) => told.push(text),
    gatherMs: 60_000,
    ...io,
  });
  const open = (name: string): Promise<string> =>
    asking.open(node(name), never).then(
      () => 'open',
      (error: unknown) => (error instanceof ConnectError ? error.reason : String(error)),
    );
  return { open, questions, told, all: (...names: string[]) => Promise.all(names.map(open)) };
}

test('the keys of a fleet are one table, and one answer', async () => {
  const { all, questions } = fleet({ a: 'A', b: 'B', c: 'C' }, ['y']);
  expect(await all('a', 'b', 'c', 'dead')).toEqual(['open', 'open', 'open', 'refused: no']);
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatch(/^3 nodes show host keys that known_hosts does not hold:\n/);
  expect(questions[0]).toContain(`  b at b.example:22  ssh-ed25519 ${print('B')}\n`);
});

test('no answer leaves all of them alone; those that come later are asked about', async () => {
  const { all, open, questions } = fleet({ a: 'A', b: 'B' }, ['', 'yes']);
  expect(await all('a')).toEqual(['host-key-unknown: a']);
  expect(await open('b')).toBe('open');
  expect(questions).toHaveLength(2);
  expect(questions[1]).toMatch(/^1 node shows/);
});

test('all of this run is asked once', async () => {
  const { all, open, questions } = fleet({ a: 'A', b: 'B' }, ['a']);
  await all('a');
  expect(await open('b')).toBe('open');
  expect(questions).toHaveLength(1);
});

test('a list accepts what agrees, stops what differs, and asks again about the rest', async () => {
  const text = `a ${print('A')}\n256 ${print('X')} root@b (ED25519)\n`;
  const mine = fleet({ a: 'A', b: 'B', c: 'C', late: 'A' }, ['./keys', ''], {
    readList: (path) => Promise.resolve(path === './keys' ? text : ''),
  });
  expect(await mine.all('a', 'b', 'c')).toEqual([
    'open',
    `host-key-changed: b.example:22 shows ssh-ed25519 ${print('B')}, but your list holds ${print('X')} for it`,
    'host-key-unknown: c',
  ]);
  expect(mine.questions).toHaveLength(2);
  expect(mine.questions[1]).not.toContain(print('A'));
  expect(mine.told).toEqual(['2 host keys on your list.']);
});

test('a typed fingerprint is compared, as ssh does; a file that cannot be read is said', async () => {
  const { open, told } = fleet({ a: 'A', b: 'B' }, ['/nowhere', print('A')]);
  expect(await open('a')).toBe('open');
  expect(told).toEqual(['Cannot read it. Check the path.', '1 host keys on your list.']);
});

test('a node that hangs does not keep the table from being shown', async () => {
  const { open, questions } = fleet({ a: 'A' }, ['y'], { gatherMs: 1 });
  void open('hangs');
  expect(await open('a')).toBe('open');
  expect(questions).toHaveLength(1);
});

test('Ctrl-C at the question cancels all that wait', async () => {
  const { all } = fleet({ a: 'A', b: 'B' }, [], {
    ask: () => Promise.reject(new CancelledError('cancelled')),
  });
  expect(await all('a', 'b')).toEqual(['CancelledError: cancelled', 'CancelledError: cancelled']);
});

test('a hostile name in a row cannot steer the terminal', async () => {
  const { open, questions } = fleet({ '\u001b[2J': 'A' }, ['']);
  await open('\u001b[2J');
  expect(questions[0]).not.toContain('\u001b');
});
