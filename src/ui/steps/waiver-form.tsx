import { Box } from 'ink';
import { useState } from 'react';
import type { Waiver } from '../../domain/report.js';
import type { OpenProblem } from '../../session/selectors/findings.js';
import { useArea } from '../components/area.js';
import { Form, type FormField } from '../components/form.js';
import { Words } from '../components/words.js';
import { LAYER } from '../key-registry.js';
import { useCommands } from '../keys.js';
import { useSession } from '../session-context.js';
import { nameList } from '../text.js';

type WaiverFormProps = {
  readonly problem: OpenProblem;
  /** ISO date offered as the last day. */
  readonly until: string;
  readonly onSave: (waiver: Waiver) => void;
  readonly onCancel: () => void;
};

/** Asks for who, why and until when. What is missing the session says, and nothing is waived. */
export function WaiverForm({ problem, until, onSave, onCancel }: WaiverFormProps) {
  const { width, height } = useArea();
  // Most often it is the person who took the one before upon them.
  const who = useSession((state) => state.waivers.at(-1)?.who ?? '');
  const [waiver, setWaiver] = useState<Waiver>({
    check: problem.check,
    who,
    why: '',
    until,
    ...(problem.nodes.length > 0 ? { nodes: problem.nodes } : {}),
  });
  const these = `only ${nameList(problem.nodes, 2)}`;
  const every = 'every node';
  const text = (id: 'who' | 'why' | 'until', label: string, help: string): FormField => ({
    kind: 'text',
    id,
    label,
    help,
    value: waiver[id],
    onCommit: (typed) => {
      setWaiver({ ...waiver, [id]: typed.trim() });
      return undefined;
    },
  });
  const fields: readonly FormField[] = [
    text('who', 'Who', 'The person who takes it upon them, such as ops@example.com.'),
    text('why', 'Why', 'One sentence that will still make sense in a year.'),
    text('until', 'Until', 'The last day, as 2026-12-31. From the day after it counts again.'),
    ...(problem.nodes.length === 0
      ? []
      : [
          {
            kind: 'choice' as const,
            id: 'nodes',
            label: 'For',
            value: waiver.nodes === undefined ? every : these,
            choices: [these, every],
            onChoose: (value: string) => {
              setWaiver({ ...waiver, nodes: value === every ? undefined : problem.nodes });
            },
          },
        ]),
  ];
  useCommands({ 'go.back': { run: onCancel, label: 'waive nothing' } }, { layer: LAYER.step });
  return (
    <Box flexDirection="column">
      <Words bold width={width}>{`Waive ${problem.check}: ${problem.title}`}</Words>
      <Words> </Words>
      <Form
        fields={fields}
        isActive
        width={width}
        height={Math.min(height - 2, fields.length + 1)}
        labelWidth={8}
        first={who === '' ? 0 : 1}
        onEnter={{
          run: () => {
            onSave(waiver);
          },
          label: 'waive it',
        }}
      />
    </Box>
  );
}
