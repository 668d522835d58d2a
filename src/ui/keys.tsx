import { useInput } from 'ink';
import {
  createContext,
  useContext,
  useEffectEvent,
  useLayoutEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { COMMANDS, createKeyReader, type Command, type Press } from './keymap.js';
import {
  createKeyRegistry,
  LAYER,
  type Hint,
  type KeyRegistry,
  type Layer,
  type Listener,
} from './key-registry.js';

const RegistryContext = createContext<KeyRegistry>(createKeyRegistry());

/** Hands presses over one at a time, each after the frame of the one before is drawn, so that no handler sees an old frame. */
function createQueue(registry: KeyRegistry): (presses: readonly Press[]) => void {
  const waiting: Press[] = [];
  let draining = false;
  const drain = (): void => {
    const press = waiting.shift();
    if (press === undefined) {
      draining = false;
      return;
    }
    registry.press(press);
    setImmediate(drain);
  };
  return (presses) => {
    waiting.push(...presses);
    if (draining || waiting.length === 0) return;
    draining = true;
    drain();
  };
}

/** The one place that listens to the keyboard. */
export function KeyProvider({ children }: { readonly children: ReactNode }) {
  const [registry] = useState(createKeyRegistry);
  const [read] = useState(createKeyReader);
  const [enqueue] = useState(() => createQueue(registry));
  useInput((input, key) => {
    enqueue(read(input, key));
  });
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** What to do for a command, and its words when they differ from the table's. */
export type Action = ((key: string) => void) | { readonly run: () => void; readonly label: string };
export type CommandMap = Readonly<Partial<Record<Command, Action | undefined>>>;

type Options = { readonly isActive?: boolean; readonly layer?: Layer };

function hintsOf(map: CommandMap): readonly Hint[] {
  return (Object.keys(map) as Command[]).flatMap((command) => {
    const action = map[command];
    if (action === undefined) return [];
    const label = typeof action === 'function' ? COMMANDS[command].label : action.label;
    return [{ command, label }];
  });
}

function useListener(
  hints: readonly Hint[],
  layer: Layer,
  isActive: boolean,
  handlers: Pick<Listener, 'run' | 'onText'>,
): void {
  const registry = useContext(RegistryContext);
  const run = useEffectEvent(handlers.run);
  const onText = useEffectEvent((text: string, pasted: boolean) =>
    handlers.onText === undefined ? false : handlers.onText(text, pasted),
  );
  const key = JSON.stringify(hints);
  const takesText = handlers.onText !== undefined;
  useLayoutEffect(() => {
    if (!isActive) return;
    return registry.add({
      layer,
      hints: JSON.parse(key) as readonly Hint[],
      run: (command, name) => {
        run(command, name);
      },
      ...(takesText ? { onText: (text: string, pasted: boolean) => onText(text, pasted) } : {}),
    });
  }, [registry, layer, isActive, key, takesText]);
}

/** Listens for commands while active. A command whose action is undefined is not bound. */
export function useCommands(map: CommandMap, options: Options = {}): void {
  useListener(hintsOf(map), options.layer ?? LAYER.step, options.isActive ?? true, {
    run: (command, name) => {
      const action = map[command];
      if (typeof action === 'function') action(name);
      else action?.run();
    },
  });
}

/** As `useCommands`, and takes typed and pasted text first. */
export function useTextCommands(
  map: CommandMap,
  onText: (text: string, pasted: boolean) => boolean,
  options: Options = {},
): void {
  useListener(hintsOf(map), options.layer ?? LAYER.field, options.isActive ?? true, {
    run: (command, name) => {
      const action = map[command];
      if (typeof action === 'function') action(name);
      else action?.run();
    },
    onText,
  });
}

/** What can be pressed now, for the footer and the help. */
export function useHints(): readonly Hint[] {
  const registry = useContext(RegistryContext);
  return useSyncExternalStore(registry.subscribe, registry.hints);
}
