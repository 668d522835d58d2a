import { useMemo } from 'react';
import { impliedBy } from '../../session/selectors/implied.js';
import { ScrollView } from '../components/scroll-view.js';
import { useActions, useCatalogue, useSession } from '../session-context.js';
import { blank, count, heading, line, type Line } from '../text.js';

/** Says what has to pass between the nodes, and that nothing of it was tested. */
export function pathLines(nodes: number, ports: readonly string[]): readonly Line[] {
  const pairs = nodes * (nodes - 1);
  const tcp = ports.map((port) => /^tcp\/(\d+)/.exec(port)?.[1]).find((port) => port !== undefined);
  return [
    heading('Not tested.'),
    line(
      'No packet was sent between the nodes. Whether these paths are open is not known.',
      'warn',
    ),
    blank,
    line(
      `For this intent each of these has to pass, in every direction (${count(pairs, 'pair')}):`,
    ),
    ...ports.map((port) => line(port, 'plain', 2)),
    blank,
    line('Test each TCP port from node to node by hand, for example:'),
    line(`nc -vz -w 3 OTHER-NODE ${tcp ?? '6443'}`, 'plain', 2),
    line('The report and the signature say that the paths were not tested.'),
  ];
}

/** The paths between the nodes; this version only lists them. */
export function PathsStep() {
  const actions = useActions();
  const catalogue = useCatalogue();
  const intent = useSession((state) => state.intent);
  const nodes = useSession((state) => state.nodes.length);
  const lines = useMemo(
    () => pathLines(nodes, impliedBy(intent, catalogue).ports),
    [nodes, intent, catalogue],
  );
  return (
    <ScrollView
      lines={lines}
      isActive
      commands={{ 'go.on': { run: actions.next, label: 'to the fixes' } }}
    />
  );
}
