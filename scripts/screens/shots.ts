/** One picture of the demo: the keys that lead there from the one before, and what the screen then shows. */
export type Shot = {
  readonly name: string;
  readonly title: string;
  /** Each is sent once its screen is there; the last screen is the picture. */
  readonly way: readonly (readonly [keys: string, shows: RegExp])[];
};

const ENTER = '\r';
const ESCAPE = '\u001b';
const SPACE = ' ';
const RIGHT = '\u001b[C';
const DOWN = '\u001b[B';
/** Hides the message that the demo opens with. */
const CTRL_X = '\u0018';

export const SHOTS: readonly Shot[] = [
  {
    name: '1-nodes',
    title: 'Nodes: the machines to check',
    way: [['', /Nodes {2}1\/9[^]*rack3-a/]],
  },
  {
    name: '2-intent',
    title: 'Intent: what is to run',
    way: [
      [CTRL_X, /Nodes/],
      [ENTER, /Intent {2}2\/9/],
    ],
  },
  {
    name: '3-access',
    title: 'Access: logging in',
    way: [
      [ENTER, /Access {2}3\/9/],
      [ENTER, /4 open, 1 failed/],
    ],
  },
  { name: '4-survey', title: 'Survey: asking the nodes', way: [[ENTER, /Enter to the findings/]] },
  { name: '5-findings', title: 'Findings: nodes and checks', way: [[ENTER, /Findings {2}5\/9/]] },
  {
    name: '5-finding',
    title: 'One finding with its evidence',
    way: [
      [DOWN, /❯ . failed {6}interfaces\/networkmanager/],
      [RIGHT, /Enter raw output/],
    ],
  },
  {
    name: '6-paths',
    title: 'Paths: what has to pass between the nodes',
    way: [
      [ESCAPE, /Enter to the paths/],
      [ENTER, /Paths {2}6\/9/],
    ],
  },
  {
    name: '7-fixes',
    title: 'Fixes: what can be mended',
    way: [
      [ENTER, /Fixes {2}7\/9/],
      [SPACE, /1 marked/],
    ],
  },
  { name: '7-fix', title: 'One change before it is made', way: [['v', /zz-calico-ready\.conf/]] },
  {
    name: '8-sign-off',
    title: 'Sign-off: what is open and what is signed',
    way: [
      [ESCAPE, /Enter to the sign-off/],
      [ENTER, /Sign-off {2}8\/9/],
    ],
  },
  { name: '9-export', title: 'Export: the signed bundle', way: [[ENTER, /Export {2}9\/9/]] },
];
