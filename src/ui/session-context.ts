import { createContext, useContext } from 'react';
import { useStore, type StoreApi } from 'zustand';
import type { SessionActions } from '../session/actions.js';
import type { Catalogue } from '../domain/check.js';
import type { SessionState } from '../session/state.js';

/** What the screens are given: state to read, actions to call, and nothing else of the world. */
export type SessionHandle = {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  /** For why a check exists, which the report does not carry. */
  readonly catalogue: Catalogue;
};

type ActionName = Exclude<keyof SessionActions, never>;

/** The actions as plain functions, so that they can be handed on as they are. */
export type Actions = {
  readonly [K in ActionName]: (
    ...args: Parameters<SessionActions[K]>
  ) => ReturnType<SessionActions[K]>;
};

const SessionContext = createContext<SessionHandle | null>(null);
export const SessionProvider = SessionContext.Provider;

function useHandle(): SessionHandle {
  const handle = useContext(SessionContext);
  if (handle === null) throw new Error('A screen was drawn outside a session.');
  return handle;
}

/** Reads a slice of the session; choose it narrow, and return parts of the state, not new objects. */
export const useSession = <T>(selector: (state: SessionState) => T): T =>
  useStore(useHandle().store, selector);
export const useActions = (): Actions => useHandle().actions;
/** For handlers that need the state of now, not of the last frame. */
export const useSessionStore = (): StoreApi<SessionState> => useHandle().store;
export const useCatalogue = (): Catalogue => useHandle().catalogue;
