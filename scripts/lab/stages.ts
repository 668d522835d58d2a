import type { Names } from './breakage.js';
import { kubernetes } from './stage-kubernetes.js';
import { modularKernel, wholeKernel } from './stage-kernel.js';

/** What breakages stand on: set before, cleared after; both may be done twice. */
export type Stage = {
  readonly what: string;
  readonly set: (names: Names) => string;
  readonly clear: (names: Names) => string;
};

export const STAGES: Readonly<Record<string, Stage>> = {
  'kernel-configuration': wholeKernel,
  'modular-kernel': modularKernel,
  kubernetes,
};
