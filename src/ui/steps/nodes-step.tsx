import { Box } from 'ink';
import { useState } from 'react';
import type { InventoryNode, Role } from '../../domain/inventory.js';
import type { SessionState } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { useListCursor, useLongest } from '../components/list-cursor.js';
import { Question } from '../components/question.js';
import { Table, type Column } from '../components/table.js';
import { TextField } from '../components/text-field.js';
import { Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { LAYER } from '../key-registry.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { blank, cell, count, heading, line, type Line } from '../text.js';
import { useTheme } from '../theme.js';
import type { StepProps } from './step-props.js';

type MenuRow = { readonly label: string; readonly hint: string };

const MENU: readonly MenuRow[] = [
  { label: 'Add a host', hint: 'root@10.0.0.11:22, or paste one host a line' },
  { label: 'Load a file', hint: 'a path: one host a line, YAML, or Ansible' },
  { label: 'Import the hosts of ~/.ssh/config', hint: '' },
  { label: 'Add this machine, without SSH', hint: '' },
];
const TO_DEMO: MenuRow = { label: 'Look at the demo fleet instead', hint: '' };

/** The rows above the list; the pointer walks through them and on into the list. */
const menuRows = (demo: boolean): readonly MenuRow[] => (demo ? MENU : [...MENU, TO_DEMO]);
const LABEL_WIDTH = 12;
/** From this height on menu and list fit one below the other. */
const ROOMY = 12;

function address(node: InventoryNode): string {
  const user = node.user === undefined ? '' : `${node.user}@`;
  const host = node.host.includes(':') ? `[${node.host}]` : node.host;
  const port = node.port === undefined ? '' : `:${String(node.port)}`;
  const jump = node.jump === undefined ? '' : ` through ${node.jump.join(', ')}`;
  return `${user}${host}${port}${jump}`;
}

/** What Enter does on a row of the menu; on the list, and in an empty field, it goes on. */
function useMenuAction(cursor: number, draft: string, clear: () => void, toDemo?: () => void) {
  const actions = useActions();
  const store = useSessionStore();
  // A list that a terminal types out line by line, because it marks no pastes, may hold comments.
  if (cursor === 0 && draft.trim().startsWith('#')) return { label: 'leave it out', run: clear };
  if (cursor === 0 && draft.trim() !== '')
    return {
      label: 'add it',
      run: () => {
        actions.addNodes(draft);
        // A host that was refused stays in the field, to be mended.
        if (store.getState().notice?.level !== 'error') clear();
      },
    };
  if (cursor === 1 && draft.trim() !== '')
    return {
      label: 'load it',
      run: () => {
        clear();
        void actions.loadInventory(draft.trim());
      },
    };
  if (cursor === 2)
    return {
      label: 'import',
      run: () => {
        clear();
        void actions.loadSshConfig();
      },
    };
  if (cursor === 3)
    return {
      label: 'add it',
      run: () => {
        clear();
        actions.addThisMachine();
      },
    };
  if (cursor === MENU.length && toDemo !== undefined)
    return { label: 'save, and open the demo', run: toDemo };
  return null;
}

type MenuProps = {
  readonly rows: readonly MenuRow[];
  readonly cursor: number;
  readonly width: number;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
};

function Menu({ rows, cursor, width, draft, onDraft }: MenuProps) {
  const theme = useTheme();
  const { addNodes } = useActions();
  return rows.map(({ label, hint }, index) => {
    const here = cursor === index;
    const pointer = here && !theme.screenReader ? theme.pointer : ' ';
    return (
      <Box key={label} flexShrink={0} aria-role="listitem" aria-state={{ selected: here }}>
        <Words bold={here} tone="accent">{`${pointer} `}</Words>
        <Words bold={here}>{hint === '' ? label : `${cell(label, LABEL_WIDTH)} `}</Words>
        {hint === '' ? null : (
          <TextField
            value={here ? draft : ''}
            onChange={onDraft}
            isActive={here}
            placeholder={hint}
            width={width - LABEL_WIDTH - 3}
            onPasteLines={index === 0 ? addNodes : undefined}
          />
        )}
      </Box>
    );
  });
}

/** What is lost with a node that was surveyed; null for one that only its line is lost of. */
function lossOf({ evidence, fixes }: SessionState, name: string): readonly Line[] | null {
  const changes = fixes.filter((item) => item.node === name && item.changeId !== undefined).length;
  if (changes === 0 && !evidence.some((item) => item.node === name)) return null;
  return [
    heading(`Take ${name} off the list?`),
    line('What it answered and what was marked for it is forgotten; it can be surveyed again.'),
    ...(changes === 0
      ? []
      : [
          line(
            `${count(changes, 'change')} made on it can then not be undone from here any more, only with: calico-ready undo ${name} --all`,
            'warn',
          ),
        ]),
    blank,
    line('Nothing is changed on the node. Enter takes it off the list, Esc keeps it.'),
  ];
}

/** Keys on a listed node. */
function useNodeCommands(
  node: InventoryNode | undefined,
  ask: (lines: readonly Line[]) => void,
): void {
  const actions = useActions();
  const store = useSessionStore();
  const name = node?.name ?? '';
  const toggle = (role: Role) => () => {
    actions.toggleRole(name, role);
  };
  useCommands(
    {
      'item.remove': () => {
        const loss = lossOf(store.getState(), name);
        if (loss === null) actions.removeNode(name);
        else ask(loss);
      },
      'nodes.controlPlane': toggle('control-plane'),
      'nodes.worker': toggle('worker'),
      'nodes.etcd': toggle('etcd'),
      'nodes.typha': toggle('typha'),
    },
    { isActive: node !== undefined },
  );
}

type Asked = { readonly name: string; readonly lines: readonly Line[] };

/** Lists the machines. */
export function NodesStep({ onDemo }: StepProps) {
  const { width, height } = useArea();
  const demo = useSession((state) => state.demo);
  const rows = menuRows(demo);
  const nodes = useSession((state) => state.nodes);
  const actions = useActions();
  const list = useListCursor(rows.length + nodes.length, Math.max(1, height - rows.length));
  const [draft, setDraft] = useState('');
  const clear = (): void => {
    setDraft('');
    list.set(0);
  };
  const menu = useMenuAction(list.cursor, draft, clear, demo ? undefined : onDemo);
  const at = list.cursor - rows.length;
  // In a small window the list needs the room once the pointer is in it.
  const folded = at >= 0 && height < ROOMY;
  const menuHeight = folded ? 1 : rows.length;
  // Home and End belong to the text while one is being typed.
  const { 'nav.first': first, 'nav.last': last, ...moves } = list.commands;
  const goOn = nodes.length === 0 ? undefined : { run: actions.next, label: 'go on' };
  const [asked, setAsked] = useState<Asked | null>(null);
  const node = nodes[at];
  useNodeCommands(node, (lines) => {
    if (node !== undefined) setAsked({ name: node.name, lines });
  });
  useCommands(
    {
      'go.on': menu ?? goOn,
      ...moves,
      ...(list.cursor < 2 ? {} : { 'nav.first': first, 'nav.last': last }),
    },
    { layer: LAYER.field },
  );
  const longest = useLongest(nodes);
  const columns: readonly Column[] = [
    { title: 'Node', width: Math.min(longest, Math.floor(width / 3)) },
    { title: 'Address', width: Math.floor(width / 3) },
    { title: 'Roles', width: 12 },
  ];
  if (asked !== null)
    return (
      <Question
        lines={asked.lines}
        yes="take it off"
        no="keep it"
        onYes={() => {
          setAsked(null);
          actions.removeNode(asked.name);
        }}
        onNo={() => {
          setAsked(null);
        }}
      />
    );
  return (
    <Box flexDirection="column">
      {folded ? (
        <Words tone="dim" width={width}>
          Home: add hosts, load a file, import
        </Words>
      ) : (
        <Menu rows={rows} cursor={list.cursor} width={width} draft={draft} onDraft={setDraft} />
      )}
      <Words bold>{count(nodes.length, 'node')}</Words>
      <Table
        columns={columns}
        rows={nodes}
        keyOf={(node) => node.name}
        cells={(node) => [node.name, address(node), node.roles.join(', ') || 'no role']}
        cursor={at}
        width={width}
        height={height - menuHeight - 1}
        empty="No node yet. Type a host above and press Enter."
      />
    </Box>
  );
}
