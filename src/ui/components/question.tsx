import { LAYER } from '../key-registry.js';
import type { Line } from '../text.js';
import { ScrollView } from './scroll-view.js';

type QuestionProps = {
  readonly lines: readonly Line[];
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
};

/** Asks once more before something that no other key takes back. `lines` must keep its identity between frames. */
export function Question({ lines, yes, no, onYes, onNo }: QuestionProps) {
  return (
    <ScrollView
      lines={lines}
      isActive
      layer={LAYER.modal}
      commands={{
        'go.on': { run: onYes, label: yes },
        'go.back': { run: onNo, label: no },
      }}
    />
  );
}
