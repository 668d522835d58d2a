import { bindsKey, COMMANDS, keysOfText, type Command, type Press } from './keymap.js';

/**
 * Who is asked first, the highest first. `modal` and above keep everything below from hearing keys; `unseen` keeps
 * everything, because nobody sees what a key would do.
 */
export const LAYER = { app: 0, step: 1, field: 2, modal: 3, modalField: 4, unseen: 5 } as const;
export type Layer = (typeof LAYER)[keyof typeof LAYER];

export type Hint = { readonly command: Command; readonly label: string };

/** One active set of commands, or one field that takes text. */
export type Listener = {
  readonly layer: Layer;
  readonly hints: readonly Hint[];
  /** `key` is the name of the key that was pressed. */
  readonly run: (command: Command, key: string) => void;
  /** Set for a field: keys that print go to it and to nobody below. True when the text was taken. */
  readonly onText?: (text: string, pasted: boolean) => boolean;
  /** Set while the field takes every key that prints, `?` too. */
  readonly takesAll?: boolean;
};

export type KeyRegistry = {
  readonly add: (listener: Listener) => () => void;
  readonly press: (press: Press) => void;
  /** What can be pressed now, the nearest first. The same array until something changes. */
  readonly hints: () => readonly Hint[];
  readonly subscribe: (onChange: () => void) => () => void;
};

/** True when `listener` had a command for the key. */
function runKey(listener: Listener, name: string): boolean {
  const hint = listener.hints.find((candidate) => bindsKey(candidate.command, name));
  if (hint === undefined) return false;
  listener.run(hint.command, name);
  return true;
}

function offer(listener: Listener, press: Press): boolean {
  if (press.kind === 'key') return runKey(listener, press.name);
  if (listener.onText?.(press.text, press.kind === 'paste') === true) return true;
  if (press.kind === 'paste') return false;
  const names = keysOfText(press.text);
  return names.map((name) => runKey(listener, name)).includes(true);
}

const isLeave = (press: Press): boolean =>
  press.kind === 'key' && bindsKey('app.leave', press.name);

/** Keeps who listens to keys and hands each press to the first that wants it. */
export function createKeyRegistry(): KeyRegistry {
  let listeners: readonly Listener[] = [];
  let hints: readonly Hint[] = [];
  const watchers = new Set<() => void>();

  const update = (next: readonly Listener[]): void => {
    listeners = next.toSorted((a, b) => b.layer - a.layer);
    const audience = heard(listeners);
    const leave = listeners
      .flatMap((listener) => listener.hints)
      .filter((hint) => hint.command === 'app.leave' && audience.length < listeners.length);
    hints = [...pressable(audience), ...leave];
    for (const watcher of watchers) watcher();
  };
  const press = (one: Press): void => {
    // Ctrl-C leaves at any moment, whatever lies on top.
    const audience = isLeave(one) ? listeners : heard(listeners);
    for (const listener of audience) if (offer(listener, one)) return;
  };
  return {
    add: (listener) => {
      update([listener, ...listeners]);
      return () => {
        update(listeners.filter((other) => other !== listener));
      };
    },
    press,
    hints: () => hints,
    subscribe: (onChange) => {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
}

/** Under a modal only the modal hears. */
function heard(listeners: readonly Listener[]): readonly Listener[] {
  const top = listeners[0]?.layer ?? LAYER.app;
  const least = top === LAYER.unseen ? top : top >= LAYER.modal ? LAYER.modal : LAYER.app;
  return listeners.filter((listener) => listener.layer >= least);
}

const prints = ({ command }: Hint): boolean =>
  COMMANDS[command].keys.every((name) => name.length === 1 || name === 'space');

/** The hints without those whose keys a field above would take. An empty field lets `?` pass; else another key helps. */
function pressable(audience: readonly Listener[]): readonly Hint[] {
  let typing = false;
  let full = false;
  return audience.flatMap((listener) => {
    const [below, belowFull] = [typing, full];
    typing ||= listener.onText !== undefined;
    full ||= listener.takesAll === true;
    return listener.hints.filter((hint) => {
      if (hint.command === 'app.help') return !belowFull;
      if (hint.command === 'app.helpTyping') return belowFull;
      return !below || !prints(hint);
    });
  });
}

/** `Enter go on`, as the footer and the help print it; empty for a key that needs no words. */
export function hintText({ command, label }: Hint): string {
  const { show } = COMMANDS[command];
  return show === '' || label === '' ? '' : `${show} ${label}`;
}
