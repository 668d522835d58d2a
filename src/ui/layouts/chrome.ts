import { commandLineFor } from '../../session/selectors/command-line.js';
import { stepNumber } from '../../session/selectors/steps.js';
import type { Notice } from '../../session/state.js';
import { STEPS, type StepId } from '../../session/steps.js';
import type { Command } from '../keymap.js';
import { hintText, type Hint } from '../key-registry.js';
import { useHints } from '../keys.js';
import { useSession } from '../session-context.js';
import { columnsOf, fit, line, wrap, wrapLines, type Line } from '../text.js';
import { useTheme, type Theme } from '../theme.js';

export const PRODUCT = 'calico-ready';

/** Below this no screen can be read. */
export const SMALLEST = { columns: 60, rows: 15 } as const;

export const titleOf = (step: StepId): string =>
  STEPS.find((candidate) => candidate.id === step)?.title ?? '';

/** Line 1 of every screen: product, step, n/9, and DEMO when the nodes are not real. */
export function titleLine(step: StepId, demo: boolean): string {
  const place = `${String(stepNumber(step))}/${String(STEPS.length)}`;
  return `${PRODUCT}  ${titleOf(step)}  ${place}${demo ? '  DEMO' : ''}`;
}

/** Always said, whatever else has to give way. */
const KEPT: readonly Command[] = ['work.stop', 'app.help', 'app.helpTyping', 'app.leave'];
/** Only in the help: nobody needs to be told of them on every screen. */
const RARE: readonly Command[] = [
  'app.jump',
  'app.suspend',
  'nav.pageDown',
  'nav.last',
  'edit.clear',
];
/** Said after what the screen itself is about. */
const LATE: readonly Command[] = [
  'nav.down',
  'go.back',
  'app.steps',
  'app.help',
  'app.helpTyping',
  'app.leave',
];

/** The footer: as many keys as fit, the nearest first, help and leaving always. */
export function footerText(hints: readonly Hint[], width: number, dot: string): string {
  const seen = new Set<string>();
  const texts: { readonly text: string; readonly kept: boolean }[] = [];
  const late = (hint: Hint): number => LATE.indexOf(hint.command);
  for (const hint of hints.toSorted((a, b) => late(a) - late(b))) {
    const text = hintText(hint);
    const key = text.split(' ')[0] ?? '';
    // The same key twice means what the nearest says.
    if (text === '' || seen.has(key) || RARE.includes(hint.command)) continue;
    seen.add(key);
    texts.push({ text, kept: KEPT.includes(hint.command) });
  }
  const separator = ` ${dot} `;
  const cost = (text: string): number => columnsOf(text) + separator.length;
  let room = width + separator.length;
  for (const { text, kept } of texts) if (kept) room -= cost(text);
  const shown = texts.filter(({ text, kept }) => {
    if (kept) return true;
    if (cost(text) > room) return false;
    room -= cost(text);
    return true;
  });
  return fit(shown.map(({ text }) => text).join(separator), width);
}

const NOTICE = {
  info: { tone: 'accent', word: 'Note' },
  warning: { tone: 'warn', word: 'Warning' },
  error: { tone: 'bad', word: 'Error' },
} as const satisfies Record<Notice['level'], unknown>;

function statusLines(
  busy: string | null,
  notice: Notice | null,
  width: number,
  theme: Theme,
  limit: number,
): readonly Line[] {
  const working = busy === null ? [] : [line(`Working: ${busy}${theme.ellipsis}`, 'accent')];
  if (notice === null) return working.length === 0 ? [line('')] : working;
  const { tone, word } = NOTICE[notice.level];
  const text = wrap(`${word}: ${notice.text}`, width);
  const last = text[limit - 1];
  const shown =
    text.length > limit && last !== undefined
      ? [...text.slice(0, limit - 1), fit(`${last} ${theme.ellipsis}`, width, theme.ellipsis)]
      : text;
  return [...working, ...shown.map((one) => line(one, tone))];
}

/** As many whole sentences as fit on one line; the first one in any case. */
export function firstSentences(text: string, width: number): string {
  const ends = [...text.matchAll(/\.(?: |$)/g)].map((match) => match.index + 1);
  const end = ends.findLast((place) => place <= width) ?? ends[0] ?? text.length;
  return text.slice(0, end);
}

export type Chrome = {
  readonly title: string;
  readonly excerpt: readonly Line[];
  readonly status: readonly Line[];
  readonly command: string;
  readonly footer: string;
};

/** Said before the footer to a screen reader. */
export const KEYS = 'Keys: ';

/** Everything around the body of a step, fitted to a width. */
export function useChrome(step: StepId, excerpt: string, width: number, compact: boolean): Chrome {
  const theme = useTheme();
  const demo = useSession((state) => state.demo);
  const busy = useSession((state) => state.busy);
  const notice = useSession((state) => state.notice);
  const command = useSession((state) => commandLineFor(step, state));
  const hints = useHints();
  const lines = wrapLines([line(compact ? firstSentences(excerpt, width) : excerpt, 'dim')], width);
  return {
    title: titleLine(step, demo),
    excerpt: compact ? lines.slice(0, 1) : lines.slice(0, 3),
    status: statusLines(busy, notice, width, theme, compact ? 2 : 3),
    command: `Same as: ${command}`,
    footer: footerText(hints, theme.screenReader ? width - KEYS.length : width, theme.dot),
  };
}
