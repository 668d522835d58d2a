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

type PressQueue = {
  /** True when nobody is on the way to hand over what waits. */
  readonly add: (presses: readonly Press[]) => boolean;
  /** The next press; undefined when none waits. */
  readonly take: () => Press | undefined;
};

function createPressQueue(): PressQueue {
  const waiting: Press[] = [];
  let busy = false;
  return {
    add: (presses) => {
      waiting.push(...presses);
      if (busy || waiting.length === 0) return false;
      busy = true;
      return true;
    },
    take: () => {
      const press = waiting.shift();
      busy = press !== undefined;
      return press;
    },
  };
}

/**
 * The one place that listens to the keyboard. Presses are handed over one at a time, each after React has committed
 * what the one before changed: several keys can arrive in one read, and none may act on a screen of before.
 */
export function KeyProvider({ children }: { readonly children: ReactNode }) {
  const [registry] = useState(createKeyRegistry);
  const [read] = useState(createKeyReader);
  const [queue] = useState(createPressQueue);
  const [handed, setHanded] = useState(0);
  const handNext = useEffectEvent(() => {
    const press = queue.take();
    if (press === undefined) return;
    try {
      registry.press(press);
    } finally {
      setHanded((n) => n + 1);
    }
  });
  useLayoutEffect(() => {
    const next = setImmediate(() => {
      handNext();
    });
    return () => {
      clearImmediate(next);
    };
  }, [handed]);
  useInput((input, key) => {
    if (queue.add(read(input, key))) setHanded((n) => n + 1);
  });
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** What to do for a command, and its words when they differ from the table's. */
export type Action = ((key: string) => void) | { readonly run: () => void; readonly label: string };
export type CommandMap = Readonly<Partial<Record<Command, Action | undefined>>>;

type Options = { readonly isActive?: boolean; readonly layer?: Layer };
type TextOptions = Options & { readonly takesAll?: boolean };

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
  handlers: Pick<Listener, 'run' | 'onText' | 'takesAll'>,
): void {
  const registry = useContext(RegistryContext);
  const run = useEffectEvent(handlers.run);
  const onText = useEffectEvent((text: string, pasted: boolean) =>
    handlers.onText === undefined ? false : handlers.onText(text, pasted),
  );
  const key = JSON.stringify(hints);
  const takesText = handlers.onText !== undefined;
  const takesAll = handlers.takesAll === true;
  useLayoutEffect(() => {
    if (!isActive) return;
    return registry.add({
      layer,
      hints: JSON.parse(key) as readonly Hint[],
      run: (command, name) => {
        run(command, name);
      },
      ...(takesText ? { onText: (text: string, pasted: boolean) => onText(text, pasted) } : {}),
      takesAll,
    });
  }, [registry, layer, isActive, key, takesText, takesAll]);
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
  options: TextOptions = {},
): void {
  useListener(hintsOf(map), options.layer ?? LAYER.field, options.isActive ?? true, {
    run: (command, name) => {
      const action = map[command];
      if (typeof action === 'function') action(name);
      else action?.run();
    },
    onText,
    takesAll: options.takesAll ?? false,
  });
}

/** What can be pressed now, for the footer and the help. */
export function useHints(): readonly Hint[] {
  const registry = useContext(RegistryContext);
  return useSyncExternalStore(registry.subscribe, registry.hints);
}
