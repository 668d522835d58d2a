import { Box } from 'ink';
import { useState } from 'react';
import { LAYER } from '../key-registry.js';
import type { Line } from '../text.js';
import { ScrollView } from './scroll-view.js';
import { TextField } from './text-field.js';
import { Words } from './words.js';

type ConfirmByTypingProps = {
  /** Said before the field; scrolls where it is long. Must keep its identity between frames. */
  readonly question: readonly Line[];
  readonly word: string;
  /** False when the typed word is not the one. */
  readonly onTyped: (typed: string) => boolean;
  readonly onCancel: () => void;
  readonly isActive: boolean;
  readonly width: number;
  /** Rows of the terminal for all of it. */
  readonly height: number;
};

/** The field, and the line that says that a word was the wrong one. */
const ROWS_BELOW = 2;

/** Asks for a word, so that nothing that costs something happens by a slip of one key. */
export function ConfirmByTyping(props: ConfirmByTypingProps) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const send = (): void => {
    if (props.onTyped(typed.trim())) return;
    setWrong(true);
    setTyped('');
  };
  const room = Math.max(3, props.height - ROWS_BELOW);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <ScrollView
        lines={props.question}
        isActive={props.isActive}
        height={room}
        layer={LAYER.modal}
      />
      <Box>
        <Words bold>{`Type ${props.word} to agree: `}</Words>
        <TextField
          value={typed}
          onChange={setTyped}
          isActive={props.isActive}
          width={Math.max(8, props.width - props.word.length - 20)}
          layer={LAYER.modalField}
          commands={{
            'go.on': { run: send, label: 'agree' },
            'go.back': { run: props.onCancel, label: 'do not agree' },
          }}
        />
      </Box>
      {wrong ? (
        <Words
          tone="warn"
          width={props.width}
        >{`That was not "${props.word}". Nothing was agreed to.`}</Words>
      ) : null}
    </Box>
  );
}
