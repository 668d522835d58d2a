import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { createKeyReader, keysOfText } from '../../src/ui/keymap.js';
import { createKeyRegistry, LAYER, type Listener } from '../../src/ui/key-registry.js';

const NO_KEY: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

const key = (name: string) => ({ kind: 'key', name });
const text = (typed: string) => ({ kind: 'text', text: typed });

describe('reading keys as Ink 6.8 hands them over', () => {
  it.each([
    ['Escape, which also sets meta', '', { escape: true, meta: true }, [key('esc')]],
    ['Backspace, which arrives as delete', '', { delete: true }, [key('backspace')]],
    ['Ctrl-C', 'c', { ctrl: true }, [key('ctrl+c')]],
    ['Alt and a letter', 'a', { meta: true }, []],
    ['a function key without a name', '[25~', {}, []],
    ['a focus report', '[I', {}, []],
    ['an address in brackets', '[::1]', {}, [text('[::1]')]],
    ['typed ahead on a slow line', 'abc\rd', {}, [text('abc'), key('enter'), text('d')]],
    ['typed ahead with Ctrl-C', 'ab\u0003', {}, [text('ab'), key('ctrl+c')]],
    ['a line feed', '\n', {}, [key('enter')]],
  ])('%s', (_name, input, flags, expected) => {
    expect(createKeyReader()(input, { ...NO_KEY, ...flags })).toEqual(expected);
  });

  it('a marked paste is one press, whatever it holds', () => {
    const read = createKeyReader();
    expect(read('[200~', NO_KEY)).toEqual([]);
    expect(read('node1', NO_KEY)).toEqual([]);
    expect(read('', { ...NO_KEY, return: true })).toEqual([]);
    expect(read('node2', NO_KEY)).toEqual([]);
    expect(read('[201~', NO_KEY)).toEqual([{ kind: 'paste', text: 'node1\nnode2' }]);
    read('[200~', NO_KEY);
    read('# list\rnode1\r\nnode2\r', NO_KEY);
    expect(read('[201~', NO_KEY)).toEqual([{ kind: 'paste', text: '# list\nnode1\nnode2\n' }]);
  });

  it('a key held down is as many presses, so that none acts on a screen of before', () => {
    expect(createKeyReader()('dd', NO_KEY)).toEqual([
      { kind: 'text', text: 'd' },
      { kind: 'text', text: 'd' },
    ]);
    expect(createKeyReader()('add', NO_KEY)).toEqual([{ kind: 'text', text: 'add' }]);
  });

  it('text that no field takes is a key only when it is one character, or one held down', () => {
    expect(keysOfText('a')).toEqual(['a']);
    expect(keysOfText('   ')).toEqual(['space', 'space', 'space']);
    expect(keysOfText('yes, all')).toEqual([]);
  });
});

describe('who hears a key', () => {
  const heard: string[] = [];
  const listener = (name: string, more: Partial<Listener> = {}): Listener => ({
    layer: LAYER.step,
    hints: [
      { command: 'go.on', label: name },
      { command: 'access.acceptAll', label: name },
    ],
    run: (command) => {
      heard.push(`${name} ${command}`);
    },
    ...more,
  });
  const enter = { kind: 'key', name: 'enter' } as const;

  it('the nearest hears it, a field takes printing keys, a modal keeps all but leaving', () => {
    const registry = createKeyRegistry();
    registry.add(
      listener('app', { layer: LAYER.app, hints: [{ command: 'app.leave', label: 'leave' }] }),
    );
    registry.add(listener('step'));
    registry.press({ kind: 'text', text: 'a' });
    const typed: string[] = [];
    const close = registry.add(
      listener('field', {
        layer: LAYER.field,
        hints: [],
        onText: (more) => {
          typed.push(more);
          return true;
        },
      }),
    );
    registry.press({ kind: 'text', text: 'a' });
    registry.press(enter);
    // A key that the field takes is not promised by the footer.
    expect(registry.hints().map((hint) => hint.command)).toEqual(['go.on', 'app.leave']);
    close();
    registry.add(listener('modal', { layer: LAYER.modal, hints: [] }));
    registry.press(enter);
    registry.press({ kind: 'key', name: 'ctrl+c' });
    expect(heard).toEqual(['step access.acceptAll', 'step go.on', 'app app.leave']);
    expect(typed).toEqual(['a']);
  });

  it('a paste that no field takes does nothing', () => {
    const registry = createKeyRegistry();
    heard.length = 0;
    registry.add(listener('step'));
    registry.press({ kind: 'paste', text: 'a' });
    registry.press({ kind: 'text', text: 'ab' });
    expect(heard).toEqual([]);
  });
});
