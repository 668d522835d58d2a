import { useMemo } from 'react';
import type { Intent } from '../../domain/intent.js';
import type { Report, Suggestion } from '../../domain/report.js';
import { suggestionPromise } from '../../domain/suggestion.js';
import { ScrollView } from '../components/scroll-view.js';
import { useActions, useSessionStore } from '../session-context.js';
import { blank, heading, line, type Line } from '../text.js';

const shown = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join(', ') : String(value);

/** What would change, key by key, before anything does. */
export function adoptLines(report: Report, suggestion: Suggestion): readonly Line[] {
  const changes = Object.entries(suggestion.changes);
  return [
    heading(`${suggestionPromise(report) ?? 'An intent'}.`),
    blank,
    ...changes.map(([key, value]) =>
      line(
        `${key}: ${shown(report.intent[key as keyof Intent])} becomes ${shown(value)}`,
        'plain',
        2,
      ),
    ),
    blank,
    line(
      'Enter puts this into the intent and judges the fleet again; no node is asked and nothing on a node changes. Calico has to be installed that way then. Esc leaves the intent as it is.',
    ),
  ];
}

type AdoptProps = {
  readonly report: Report;
  readonly suggestion: Suggestion;
  readonly onClose: () => void;
};

/** Asks before the suggested intent replaces the operator's own, then shows it in the Intent step. */
export function AdoptIntent({ report, suggestion, onClose }: AdoptProps) {
  const actions = useActions();
  const store = useSessionStore();
  const lines = useMemo(() => adoptLines(report, suggestion), [report, suggestion]);
  const adopt = (): void => {
    actions.setIntent(suggestion.changes);
    onClose();
    // While something runs the intent stays, and a notice says so.
    if (store.getState().notice === null) actions.goTo('intent');
  };
  return (
    <ScrollView
      lines={lines}
      isActive
      commands={{
        'go.on': { run: adopt, label: 'use this intent' },
        'go.back': { run: onClose, label: 'keep mine' },
      }}
    />
  );
}
