/** The six statuses of a finding. This is the one place where the words are spelled. */
export const STATUS = {
  pass: 'pass',
  warn: 'warn',
  fail: 'fail',
  unknown: 'unknown',
  notApplicable: 'not-applicable',
  waived: 'waived',
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** All statuses, the worst first: the order in which screens and reports list them. */
export const STATUSES: readonly Status[] = [
  STATUS.fail,
  STATUS.unknown,
  STATUS.warn,
  STATUS.waived,
  STATUS.pass,
  STATUS.notApplicable,
];

/** Readiness of a node or of the fleet. */
export const READINESS = { ready: 'ready', notReady: 'not-ready', unknown: 'unknown' } as const;

export type Readiness = (typeof READINESS)[keyof typeof READINESS];

/** `required` blocks readiness; a `recommended` check that fails is shown as a warning. */
export type Severity = 'required' | 'recommended';

/** A word for people, where the JSON word would read badly. */
export const STATUS_WORD: Readonly<Record<Status, string>> = {
  [STATUS.pass]: 'passed',
  [STATUS.warn]: 'warning',
  [STATUS.fail]: 'failed',
  [STATUS.unknown]: 'unknown',
  [STATUS.notApplicable]: 'not needed',
  [STATUS.waived]: 'waived',
};
