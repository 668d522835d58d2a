import type { StoreApi } from 'zustand';
import type { Catalogue } from '../domain/check.js';
import type { SessionActions } from '../session/actions.js';
import type { SessionState } from '../session/state.js';
import { App } from './app.js';
import { runScreen, type ScreenInput, type ScreenOptions } from './run-screen.js';

export type WizardOptions = ScreenOptions;

export type WizardInput = ScreenInput & {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  readonly catalogue: Catalogue;
  /** Writes the session synchronously: a signal leaves no time for anything else. */
  readonly saveNow: () => void;
};

/** `demo`: left in order to see the demo. */
export type WizardEnd = 'done' | 'left' | 'demo';

/**
 * Runs the wizard until it is done or left. The terminal is restored, the session saved, when it resolves.
 * Rejects when a screen broke, with the terminal restored as well.
 */
export async function runWizard(input: WizardInput): Promise<WizardEnd> {
  const { store, actions, catalogue, saveNow } = input;
  let how: WizardEnd = 'left';
  let leaving = false;
  const leave = (close: () => void): void => {
    if (leaving) {
      close();
      return;
    }
    leaving = true;
    actions.leave().then(close, close);
  };
  await runScreen(
    input,
    ({ theme, size, close, suspend }) => (
      <App
        session={{ store, actions, catalogue }}
        theme={theme}
        size={size}
        onLeave={() => {
          leave(close);
        }}
        onSuspend={suspend}
        onDone={() => {
          how = 'done';
          leave(close);
        }}
        onDemo={() => {
          how = 'demo';
          leave(close);
        }}
      />
    ),
    saveNow,
  );
  return how;
}
