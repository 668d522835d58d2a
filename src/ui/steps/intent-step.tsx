import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { impliedBy, type Implied } from '../../session/selectors/implied.js';
import { useArea } from '../components/area.js';
import { Form } from '../components/form.js';
import { KeyValues, type KeyValue } from '../components/key-values.js';
import { Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { useActions, useCatalogue, useSession } from '../session-context.js';
import { count } from '../text.js';
import { intentFields } from './intent-fields.js';

const FORM_WIDTH = 44;
/** From this width on the panel stands beside the form. */
const WIDE = 76;

/** The panel's rows: what the nodes will be asked for, said with every change at once. */
export function impliedRows(implied: Implied): readonly KeyValue[] {
  return [
    { key: 'Ports', value: implied.ports.join('\n') },
    { key: 'Modules', value: implied.modules.join(', ') || 'none beyond the usual' },
    { key: 'Checks', value: `${count(implied.checks.length, 'check')} will be judged` },
    {
      key: 'Not needed',
      value: implied.skipped.map(({ check }) => check).join('\n') || 'none',
      tone: 'dim',
    },
  ];
}

/** The form of the intent, with what it implies beside it. */
export function IntentStep() {
  const { width, height } = useArea();
  const intent = useSession((state) => state.intent);
  const actions = useActions();
  const catalogue = useCatalogue();
  const [panelAlone, setPanelAlone] = useState(false);
  const implied = useMemo(() => impliedBy(intent, catalogue), [intent, catalogue]);
  const wide = width >= WIDE;
  const showForm = wide || !panelAlone;
  const fields = intentFields(intent, actions.setIntent, (path) => {
    void actions.loadIntent(path);
  });
  useCommands({
    'intent.panel': wide
      ? undefined
      : () => {
          setPanelAlone(!panelAlone);
        },
    'go.on': actions.next,
  });
  return (
    <Box>
      <Box display={showForm ? 'flex' : 'none'} width={wide ? FORM_WIDTH : width} flexShrink={0}>
        <Form
          fields={fields}
          isActive={showForm}
          width={wide ? FORM_WIDTH - 2 : width}
          height={height}
          labelWidth={14}
          onEnter={{ run: actions.next, label: 'go on' }}
        />
      </Box>
      {wide || panelAlone ? (
        <Box
          flexDirection="column"
          width={wide ? width - FORM_WIDTH : width}
          height={height}
          overflow="hidden"
        >
          <Words bold>This intent asks for</Words>
          <KeyValues
            rows={impliedRows(implied)}
            width={wide ? width - FORM_WIDTH : width}
            keyWidth={10}
          />
        </Box>
      ) : null}
    </Box>
  );
}
