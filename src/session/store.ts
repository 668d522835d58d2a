import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Catalogue } from '../domain/check.js';
import { DEFAULT_INTENT } from '../domain/intent.js';
import { visibleLine } from '../domain/visible.js';
import type { SessionActions } from './actions.js';
import { accessActions } from './actions/access.js';
import { exportActions, placed } from './actions/export.js';
import { fixActions } from './actions/fixes.js';
import { intentActions } from './actions/intent.js';
import { navigationActions } from './actions/navigation.js';
import { nodesActions } from './actions/nodes.js';
import { progressOf, surveyActions } from './actions/survey.js';
import { waiverActions } from './actions/waivers.js';
import { createContext } from './context.js';
import { interrupted, syncFixes } from './fix-items.js';
import { createJudge, type Judge } from './judge.js';
import type { ExportPort, SessionPorts } from './ports.js';
import { createSaver } from './saver.js';
import { isReachable } from './selectors/steps.js';
import type { SessionState } from './state.js';

/** What a session starts with: a fresh one needs only its id and time; a resumed one is a whole state. */
export type InitialSession = Pick<SessionState, 'runId' | 'startedAt'> & Partial<SessionState>;

export type SessionStore = {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  /** Of the ports, for screens that explain a check. */
  readonly catalogue: Catalogue;
};

const FRESH: Omit<SessionState, 'runId' | 'startedAt'> = {
  demo: false,
  step: 'nodes',
  nodes: [],
  intent: DEFAULT_INTENT,
  access: { user: '', identityFiles: [], become: 'auto', hostKey: 'ask' },
  nodeAccess: {},
  prompt: null,
  progress: {},
  evidence: [],
  report: null,
  fixes: [],
  waivers: [],
  exportSettings: { bundle: '', signKey: '', signer: '' },
  exported: null,
  busy: null,
  notice: null,
};

/** Nothing runs and nobody is connected when a session starts, whatever it was doing when it was kept. */
function firstState(initial: InitialSession, judge: Judge, exporter: ExportPort): SessionState {
  const kept = { ...FRESH, ...initial, nodeAccess: {}, prompt: null, busy: null };
  const judgement = judge(kept);
  const names = kept.nodes.map((node) => node.name);
  const state: SessionState = {
    ...kept,
    exportSettings: placed(kept.exportSettings, exporter),
    progress: Object.fromEntries(kept.evidence.map((item) => [item.node, progressOf(item)])),
    report: judgement?.report ?? null,
    fixes: syncFixes(kept.fixes.map(interrupted), judgement, names),
  };
  return isReachable(state.step, state) ? state : { ...state, step: 'nodes' };
}

/** Makes the store of one wizard run and everything that can happen to it. */
export function createSessionStore(ports: SessionPorts, initial: InitialSession): SessionStore {
  const judge = createJudge(ports);
  const store = createStore<SessionState>(() => firstState(initial, judge, ports.exporter));
  const saver = createSaver(
    () => ports.files.save(store.getState()),
    (error) => {
      const why = visibleLine(error instanceof Error ? error.message : String(error), 300);
      store.setState({ notice: { level: 'warning', text: `The session was not saved: ${why}` } });
    },
  );
  const context = createContext(ports, store, judge, saver);
  ports.prompts.subscribe((prompt) => {
    store.setState({ prompt });
  });
  const actions: SessionActions = {
    ...navigationActions(context, saver),
    ...nodesActions(context),
    ...intentActions(context),
    ...accessActions(context),
    ...surveyActions(context),
    ...fixActions(context),
    ...waiverActions(context),
    ...exportActions(context),
  };
  return { store, actions, catalogue: ports.catalogue };
}
