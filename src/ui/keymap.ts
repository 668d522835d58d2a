import type { Key } from 'ink';

/** Every command of the screens, its keys, and the words the footer and the help print. */
export const COMMANDS = {
  'app.leave': { keys: ['ctrl+c'], show: 'Ctrl-C', label: 'leave' },
  'app.help': { keys: ['?'], show: '?', label: 'help' },
  // Where a field holds text, `?` is a character of it.
  'app.helpTyping': { keys: ['ctrl+g'], show: 'Ctrl-G', label: 'help' },
  'app.suspend': { keys: ['ctrl+z'], show: 'Ctrl-Z', label: 'to the shell' },
  'app.steps': { keys: ['tab'], show: 'Tab', label: 'steps' },
  'app.hide': { keys: ['ctrl+x'], show: 'Ctrl-X', label: 'hide the message' },
  'app.jump': { keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], show: '1-9', label: 'step' },
  'go.on': { keys: ['enter'], show: 'Enter', label: 'go on' },
  'go.back': { keys: ['esc'], show: 'Esc', label: 'back' },
  'nav.up': { keys: ['up'], show: '', label: '' },
  'nav.down': { keys: ['down'], show: 'Up/Down', label: 'move' },
  'nav.pageUp': { keys: ['pageup'], show: '', label: '' },
  'nav.pageDown': { keys: ['pagedown'], show: 'PgUp/PgDn', label: 'page' },
  'nav.first': { keys: ['home'], show: '', label: '' },
  'nav.last': { keys: ['end'], show: 'Home/End', label: 'first, last' },
  'nav.open': { keys: ['right'], show: 'Right', label: 'open' },
  'nav.close': { keys: ['left'], show: 'Left', label: 'close' },
  'item.mark': { keys: ['space'], show: 'Space', label: 'mark' },
  'item.previous': { keys: ['left'], show: '', label: '' },
  'item.next': { keys: ['right'], show: 'Left/Right', label: 'change' },
  'item.remove': { keys: ['d', 'backspace'], show: 'd', label: 'remove' },
  'edit.left': { keys: ['left'], show: '', label: '' },
  'edit.right': { keys: ['right'], show: '', label: '' },
  'edit.first': { keys: ['home', 'ctrl+a'], show: '', label: '' },
  'edit.last': { keys: ['end', 'ctrl+e'], show: '', label: '' },
  'edit.erase': { keys: ['backspace'], show: '', label: '' },
  'edit.clear': { keys: ['ctrl+u'], show: 'Ctrl-U', label: 'clear the field' },
  'nodes.controlPlane': { keys: ['c'], show: 'c', label: 'control-plane' },
  'nodes.worker': { keys: ['w'], show: 'w', label: 'worker' },
  'nodes.etcd': { keys: ['e'], show: 'e', label: 'etcd' },
  'nodes.typha': { keys: ['t'], show: 't', label: 'typha' },
  'intent.panel': { keys: ['p'], show: 'p', label: 'what it implies' },
  'access.connect': { keys: ['r'], show: 'r', label: 'connect again' },
  'access.accept': { keys: ['y'], show: 'y', label: 'accept' },
  'access.acceptAll': { keys: ['a'], show: 'a', label: 'accept all' },
  'access.refuse': { keys: ['n'], show: 'n', label: 'refuse' },
  'work.start': { keys: ['s'], show: 's', label: 'start' },
  'survey.missing': { keys: ['r'], show: 'r', label: 'ask those missing' },
  'work.stop': { keys: ['x'], show: 'x', label: 'stop' },
  'findings.filter': { keys: ['f'], show: 'f', label: 'all or problems' },
  'findings.fix': { keys: ['m'], show: 'm', label: 'mend it' },
  'findings.adopt': { keys: ['i'], show: 'i', label: 'use this intent' },
  'fixes.preview': { keys: ['v', 'right'], show: 'v', label: 'view' },
  'fixes.same': { keys: ['s'], show: 's', label: 'mark on all nodes' },
  'fixes.apply': { keys: ['a'], show: 'a', label: 'apply the marked' },
  'fixes.undo': { keys: ['u'], show: 'u', label: 'undo' },
  'signoff.waive': { keys: ['w'], show: 'w', label: 'waive' },
} as const satisfies Record<
  string,
  { readonly keys: readonly string[]; readonly show: string; readonly label: string }
>;

export type Command = keyof typeof COMMANDS;

/** What one press means: a named key, typed text, or a paste the terminal marked as such. */
export type Press =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string };

const pressed = (name: string): Press => ({ kind: 'key', name });

const NAMED = [
  ['return', 'enter'],
  // Ink 6 sets meta with Escape too, so Escape comes before any look at meta (style: Ink 7 does not).
  ['escape', 'esc'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  // Ink 6 cannot tell Backspace (0x7f) from Delete; both erase to the left.
  ['delete', 'backspace'],
] as const satisfies readonly (readonly [keyof Key, string])[];

// A whole control sequence Ink has no name for, its ESC already taken off by Ink. A colon is not
// admitted although ECMA-48 does, so that `[::1]` stays an address.
const SEQUENCE = /^\[[0-9;<=>?]*[ -/]*[@-~]$/;

/** The name of one typed character: `space`, `enter`, `ctrl+c`, or the character itself. */
function nameOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (character === ' ') return 'space';
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  if (point === 0x7f || point === 8) return 'backspace';
  return point < 0x20 ? `ctrl+${String.fromCharCode(point + 0x60)}` : character;
}

const isControl = (character: string): boolean => {
  const point = character.codePointAt(0) ?? 0;
  return point < 0x20 || point === 0x7f;
};

/** A run of text; a key held down is as many presses, each for the screen that the one before left. */
function typed(run: string): readonly Press[] {
  const characters = Array.from(run);
  const held = characters.every((one) => one === characters[0]);
  const texts = held ? characters : [run];
  return texts.map((text) => ({ kind: 'text', text }));
}

/** Keys that arrived in one read (typed ahead on a slow line) become single presses again. */
function split(input: string): readonly Press[] {
  const presses: Press[] = [];
  let run = '';
  for (const character of input) {
    if (!isControl(character)) {
      run += character;
      continue;
    }
    presses.push(...typed(run), pressed(nameOf(character)));
    run = '';
  }
  return [...presses, ...typed(run)];
}

/** Turns what Ink hands over into presses. It remembers whether the terminal is in the middle of a paste. */
export function createKeyReader(): (input: string, key: Key) => readonly Press[] {
  let pasting: string | null = null;
  return (input, key) => {
    if (input === '[200~') {
      pasting = '';
      return [];
    }
    if (pasting !== null) {
      if (input === '[201~') {
        // Terminals send the line breaks of a paste as the Enter key would be: CR, or CR LF.
        const text = pasting.replaceAll(/\r\n?/g, '\n');
        pasting = null;
        return text === '' ? [] : [{ kind: 'paste', text }];
      }
      pasting += key.return ? '\n' : key.tab ? '\t' : input;
      return [];
    }
    return plainPresses(input, key);
  };
}

function plainPresses(input: string, key: Key): readonly Press[] {
  if (key.tab && key.shift) return [pressed('shift+tab')];
  const named = NAMED.find(([flag]) => key[flag]);
  if (named !== undefined) return [pressed(named[1])];
  if (key.ctrl) return input.length === 1 ? [pressed(`ctrl+${input}`)] : [];
  if (key.meta || SEQUENCE.test(input)) return [];
  return split(input);
}

/** The names of the keys a text stands for when no field takes it: one character, or one held down. */
export function keysOfText(text: string): readonly string[] {
  const characters = Array.from(text);
  const [first] = characters;
  // A longer mixture is a paste gone astray, and must not accept host keys or apply fixes.
  if (first === undefined || characters.some((one) => one !== first)) return [];
  return characters.map(nameOf);
}

export const bindsKey = (command: Command, name: string): boolean =>
  (COMMANDS[command].keys as readonly string[]).includes(name);
