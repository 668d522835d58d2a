/** What every step is given. */
export type StepProps = {
  /** Leaves the wizard because everything is done. */
  readonly onDone: () => void;
  /** Leaves the wizard for the demo, with the session saved. */
  readonly onDemo: () => void;
};
