import { createContext, useContext } from 'react';
import { READINESS, STATUS, type Readiness, type Status } from '../domain/status.js';
import type { Tone } from './text.js';

/** How the screens look. Marks and words always go together, so that colour is never the only carrier. */
export type Theme = {
  readonly color: boolean;
  readonly ascii: boolean;
  readonly screenReader: boolean;
  readonly mark: Readonly<Record<Status, string>>;
  readonly pointer: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly rule: string;
  readonly ticked: string;
  readonly unticked: string;
};

const MARKS: Theme['mark'] = {
  [STATUS.pass]: '✔',
  [STATUS.fail]: '✖',
  [STATUS.unknown]: '?',
  [STATUS.warn]: '!',
  [STATUS.waived]: '~',
  [STATUS.notApplicable]: '–',
};
const ASCII_MARKS: Theme['mark'] = {
  ...MARKS,
  [STATUS.pass]: '+',
  [STATUS.fail]: 'x',
  [STATUS.notApplicable]: '-',
};

export const READINESS_WORD: Readonly<Record<Readiness, string>> = {
  [READINESS.ready]: 'ready',
  [READINESS.notReady]: 'NOT READY',
  [READINESS.unknown]: 'not known yet',
};

export const STATUS_TONE: Readonly<Record<Status, Tone>> = {
  [STATUS.pass]: 'good',
  [STATUS.fail]: 'bad',
  [STATUS.unknown]: 'unsure',
  [STATUS.warn]: 'warn',
  [STATUS.waived]: 'warn',
  [STATUS.notApplicable]: 'dim',
};

export const READINESS_TONE: Readonly<Record<Readiness, Tone>> = {
  [READINESS.ready]: 'good',
  [READINESS.notReady]: 'bad',
  [READINESS.unknown]: 'unsure',
};

/** Ink's colour names; tones without one are told by their words alone. */
export const TONE_COLOR: Readonly<Partial<Record<Tone, string>>> = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  unsure: 'magenta',
  accent: 'cyan',
};

export function makeTheme(looks: {
  readonly noColor: boolean;
  readonly ascii: boolean;
  readonly screenReader: boolean;
}): Theme {
  const plain = looks.ascii || looks.screenReader;
  return {
    color: !looks.noColor,
    ascii: plain,
    screenReader: looks.screenReader,
    mark: plain ? ASCII_MARKS : MARKS,
    pointer: plain ? '>' : '❯',
    ellipsis: plain ? '...' : '…',
    dot: plain ? '|' : '·',
    rule: plain ? '-' : '─',
    ticked: plain ? '[x]' : '[✔]',
    unticked: '[ ]',
  };
}

const ThemeContext = createContext<Theme>(
  makeTheme({ noColor: false, ascii: false, screenReader: false }),
);
export const ThemeProvider = ThemeContext.Provider;
export const useTheme = (): Theme => useContext(ThemeContext);
