import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { lookup } from '../../session/records.js';
import { accessCounts, accessTo, hostKeysOnList } from '../../session/selectors/progress.js';
import type { AccessSettings, NodeAccess } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { Form } from '../components/form.js';
import { useKeyedCursor, useLongest } from '../components/list-cursor.js';
import { Table, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands, type CommandMap } from '../keys.js';
import { LAYER } from '../key-registry.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { count, wrapLines } from '../text.js';
import { accessFields } from './access-fields.js';
import { accessDetail, accessLines, accessState } from './access-words.js';

/** What Enter does next: connect, wait for answers, or go on to the survey. */
function useEnter(counts: Counts, focusTable: () => void) {
  const actions = useActions();
  const store = useSessionStore();
  const busy = useSession((state) => state.busy !== null);
  const surveyed = useSession((state) => state.report !== null);
  const phase = busy
    ? 'busy'
    : counts['host-key'] > 0
      ? 'answer'
      : counts.untried > 0
        ? 'connect'
        : 'survey';
  const connect = (phases: readonly NodeAccess['phase'][]) => () => {
    focusTable();
    const state = store.getState();
    const names = state.nodes
      .map((node) => node.name)
      .filter((name) => phases.includes(accessTo(state, name).phase));
    void actions.openAccess(names);
  };
  const survey = (): void => {
    const first = store.getState().report === null;
    actions.next();
    if (first) void actions.runSurvey();
  };
  const enter = {
    busy: undefined,
    answer: { run: focusTable, label: 'to the keys' },
    connect: { run: connect(['untried']), label: 'connect' },
    survey: { run: survey, label: surveyed ? 'to the survey' : 'survey the nodes' },
  }[phase];
  return { enter, retry: phase === 'busy' ? undefined : connect(['failed', 'untried', 'open']) };
}

/** Keys for the host key under the pointer, and for all of them. */
function useHostKeyCommands(
  name: string,
  access: NodeAccess | undefined,
  waiting: boolean,
): CommandMap {
  const actions = useActions();
  const hasList = useSession((state) => state.hostKeyList !== undefined);
  const agreeing = useSession((state) => hostKeysOnList(state) > 0);
  const run = actions.acceptAllHostKeys;
  const acceptAll = hasList
    ? agreeing
      ? { run, label: 'accept those on the list' }
      : undefined
    : waiting
      ? run
      : undefined;
  const here = access?.phase === 'host-key' && !access.accepted;
  return {
    'access.accept': here
      ? () => {
          actions.acceptHostKey(name);
        }
      : undefined,
    'access.refuse': here
      ? () => {
          actions.refuseHostKey(name);
        }
      : undefined,
    'access.acceptAll': acceptAll,
  };
}

type Counts = ReturnType<typeof accessCounts>;

/** Counted once for every change of the nodes, not for every key. */
function useCounts(): Counts {
  const store = useSessionStore();
  const nodes = useSession((state) => state.nodes);
  const nodeAccess = useSession((state) => state.nodeAccess);
  return useMemo(
    () => accessCounts({ ...store.getState(), nodes, nodeAccess }),
    [store, nodes, nodeAccess],
  );
}

function summary(nodes: number, counts: Counts): string {
  return [
    count(nodes, 'node'),
    `${String(counts.open)} open`,
    ...(counts['host-key'] > 0 ? [`${count(counts['host-key'], 'new host key')} to answer`] : []),
    ...(counts.connecting > 0 ? [`${String(counts.connecting)} connecting`] : []),
    ...(counts.failed > 0 ? [`${String(counts.failed)} failed`] : []),
    ...(counts.untried > 0 ? [`${String(counts.untried)} not tried`] : []),
  ].join(', ');
}

/** Two fingerprints, a path and a next step, where the node under the pointer has that much to say. */
const MOST_DETAIL_ROWS = 6;

/** Rows of each part. With the pointer in the table the settings are one line: the keys to compare need the room. */
function roomOf(height: number, inTable: boolean) {
  const formRows = Math.max(2, Math.min(6, height - 4));
  const above = inTable ? 2 : formRows + 1;
  const detailRows = inTable ? Math.max(3, Math.min(MOST_DETAIL_ROWS, height - above - 5)) : 0;
  return { formRows, detailRows, tableRows: Math.max(3, height - above - detailRows) };
}

/** The settings in one line, and how to get back to them. */
function settingsLine({ user, identityFiles, become, hostKey }: AccessSettings): string {
  const login = user === '' ? 'the usual login' : `login ${user}`;
  const keys =
    identityFiles.length === 0 ? 'the usual keys' : count(identityFiles.length, 'key file');
  return `Settings (Up): ${login}, ${keys}, become root ${become}, new host keys ${hostKey}`;
}

/** Logs in to the nodes, and has new host keys accepted or refused. */
export function AccessStep() {
  const { width, height } = useArea();
  const actions = useActions();
  const settings = useSession((state) => state.access);
  const keyList = useSession((state) => state.hostKeyList);
  const busy = useSession((whole) => whole.busy !== null);
  const nodes = useSession((state) => state.nodes);
  const state = useSession((whole) => whole.nodeAccess);
  // Where nodes were tried already, keys typed ahead must not change how they are entered.
  const [inTable, setInTable] = useState(() => Object.keys(state).length > 0);
  const { formRows, tableRows, detailRows } = roomOf(height, inTable);
  const list = useKeyedCursor(nodes, (one) => one.name, tableRows - 2, 'access');
  const node = nodes[list.cursor];
  const accessOf = (name: string): NodeAccess => lookup(state, name) ?? { phase: 'untried' };
  const access = node === undefined ? undefined : accessOf(node.name);
  const counts = useCounts();
  const waiting = counts['host-key'] > 0;
  const keys = useHostKeyCommands(node?.name ?? '', access, waiting);
  const { enter, retry } = useEnter(counts, () => {
    setInTable(true);
  });
  const up =
    list.cursor === 0
      ? {
          run: () => {
            setInTable(false);
          },
          label: 'settings',
        }
      : list.commands['nav.up'];
  useCommands(
    {
      ...keys,
      'go.on': waiting ? undefined : enter,
      ...list.commands,
      'nav.up': up,
      'access.connect': retry,
    },
    { isActive: inTable, layer: LAYER.field },
  );
  const longest = useLongest(nodes);
  const columns: readonly Column[] = [
    { title: 'Node', width: Math.min(longest, 14) },
    { title: 'State', width: 10 },
    { title: 'Detail', width: 20 },
  ];
  const detail = (access === undefined ? [] : wrapLines(accessLines(access), width)).slice(
    0,
    detailRows,
  );
  return (
    <Box flexDirection="column">
      {inTable ? (
        <Words tone="dim" width={width}>
          {settingsLine(settings)}
        </Words>
      ) : null}
      <Box display={inTable ? 'none' : 'flex'}>
        <Form
          fields={accessFields(settings, keyList, busy, actions)}
          isActive={!inTable}
          width={width}
          height={formRows}
          onEnter={enter}
          onLeaveDown={() => {
            setInTable(true);
          }}
        />
      </Box>
      <Words bold width={width}>
        {summary(nodes.length, counts)}
      </Words>
      <Table
        columns={columns}
        rows={nodes}
        keyOf={(one) => one.name}
        cells={(one) => {
          const its = accessOf(one.name);
          return [one.name, accessState(its), accessDetail(its)];
        }}
        cursor={inTable ? list.cursor : -1}
        width={width}
        height={tableRows}
        empty="No node is listed."
      />
      {inTable ? <Lines lines={detail} width={width} /> : null}
    </Box>
  );
}
