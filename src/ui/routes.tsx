import type { ComponentType } from 'react';
import type { StepId } from '../session/steps.js';
import { AccessStep } from './steps/access-step.js';
import { ExportStep } from './steps/export-step.js';
import { FindingsStep } from './steps/findings-step.js';
import { FixesStep } from './steps/fixes-step.js';
import { IntentStep } from './steps/intent-step.js';
import { NodesStep } from './steps/nodes-step.js';
import { PathsStep } from './steps/paths-step.js';
import { SignOffStep } from './steps/sign-off-step.js';
import type { StepProps } from './steps/step-props.js';
import { SurveyStep } from './steps/survey-step.js';

type Route = { readonly excerpt: string; readonly Step: ComponentType<StepProps> };

/** What each step is for, and the component that draws its body. Titles are in session/steps. */
export const ROUTES: Readonly<Record<StepId, Route>> = {
  nodes: {
    excerpt:
      'List the machines to check. Type a host and press Enter, paste a list, or load a file. Nothing is contacted yet.',
    Step: NodesStep,
  },
  intent: {
    excerpt:
      'Say how Calico will run here. The answers decide which checks apply; they can be changed later without asking the nodes again.',
    Step: IntentStep,
  },
  access: {
    excerpt:
      'Say how to log in, then connect. New host keys are shown for you to compare. Nothing is changed on any node.',
    Step: AccessStep,
  },
  survey: {
    excerpt:
      'Each node is asked with read-only commands. They use one connection; nothing is written on a node.',
    Step: SurveyStep,
  },
  findings: {
    excerpt:
      'What was found, the worst first. Nodes that agree in everything share a column. Right opens a finding.',
    Step: FindingsStep,
  },
  paths: {
    excerpt:
      'What has to pass between the nodes for this intent. This version lists the paths and does not test them.',
    Step: PathsStep,
  },
  fixes: {
    excerpt:
      'Mark what to mend, view each change before it is made. Nothing is changed until you apply.',
    Step: FixesStep,
  },
  'sign-off': {
    excerpt:
      'What is still open, and what the signature will say. A waiver needs a name, a reason and a last day, and is always shown.',
    Step: SignOffStep,
  },
  export: {
    excerpt:
      'Write everything into one signed file. Anyone can verify it with ssh-keygen, tar and sha256sum.',
    Step: ExportStep,
  },
};
