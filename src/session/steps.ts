/** The nine steps of the wizard, in order; the titles are a stable surface. */
export const STEPS = [
  { id: 'nodes', title: 'Nodes' },
  { id: 'intent', title: 'Intent' },
  { id: 'access', title: 'Access' },
  { id: 'survey', title: 'Survey' },
  { id: 'findings', title: 'Findings' },
  { id: 'paths', title: 'Paths' },
  { id: 'fixes', title: 'Fixes' },
  { id: 'sign-off', title: 'Sign-off' },
  { id: 'export', title: 'Export' },
] as const;

export type StepId = (typeof STEPS)[number]['id'];
