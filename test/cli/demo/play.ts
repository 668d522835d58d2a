import { applyFix, undoChange } from '../../../src/change/run.js';
import type { ChangeOutcome } from '../../../src/change/types.js';
import { createDemoFleet, type DemoFleet } from '../../../src/cli/demo/demo-transport.js';
import { DEMO_INTENT, DEMO_NODES } from '../../../src/cli/demo/fleet.js';
import { ask, judgeFleet, type Judged } from '../../../src/cli/wiring/asker.js';
import { changeOptions } from '../../../src/cli/wiring/changes.js';
import type { Fix } from '../../../src/domain/fix.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type { RunRequest, Session, Transport } from '../../../src/domain/transport.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';

export const never = new AbortController().signal;

export const nodeOf = (name: string): InventoryNode => {
  const node = DEMO_NODES.find((one) => one.name === name);
  if (node === undefined) throw new Error(`the demo has no ${name}`);
  return node;
};

export type Ran = {
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
};

/** The demo's nodes behind the real transport, as a test plays with them. */
export type Play = {
  readonly fleet: DemoFleet;
  readonly transport: Transport;
  readonly judge: (become?: 'auto' | 'sudo' | 'none', becomeShell?: boolean) => Promise<Judged>;
  readonly run: (name: string, script: string, runAs?: RunRequest['runAs']) => Promise<Ran>;
  /** Every script that was sent, as it was sent. */
  readonly sent: string[];
  readonly apply: (name: string, check: string, fix: Fix, id: string) => Promise<ChangeOutcome>;
  readonly undo: (name: string, id: string) => Promise<ChangeOutcome>;
};

export function play(): Play {
  const fleet = createDemoFleet({ answerMs: 0 });
  const transport = fleet.transport(createHostKeyPins());
  const sent: string[] = [];
  const on = async <T>(name: string, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await transport.open(nodeOf(name), never);
    try {
      return await work({
        ...session,
        run: (request, signal) => {
          sent.push(request.script);
          return session.run(request, signal);
        },
      });
    } finally {
      await session.close();
    }
  };
  return {
    fleet,
    transport,
    sent,
    judge: async (become = 'auto', becomeShell = false) => {
      const options = {
        become,
        becomeShell,
        concurrency: 5,
        timeout: 20,
        transport,
        signal: never,
      };
      const evidence = await ask(DEMO_NODES, DEMO_INTENT, options);
      return judgeFleet(DEMO_NODES, evidence, DEMO_INTENT, [], { id: 'test', startedAt: 0 });
    },
    run: (name, script, runAs = 'login') =>
      on(name, async (session) => {
        const [out, err]: Uint8Array[][] = [[], []];
        const limits = { deadlineMs: 20_000, maxStdout: 1 << 20, maxStderr: 1 << 20 };
        const end = await session.run(
          {
            ...limits,
            script,
            runAs,
            onStdout: (chunk) => out?.push(chunk),
            onStderr: (chunk) => err?.push(chunk),
          },
          never,
        );
        return {
          exit: end.kind === 'exited' ? end.code : end.kind,
          stdout: Buffer.concat(out ?? []).toString(),
          stderr: Buffer.concat(err ?? []).toString(),
        };
      }),
    apply: (name, check, fix, changeId) =>
      on(name, (session) =>
        applyFix(session, { check, fix }, { ...changeOptions(nodeOf(name), never), changeId }),
      ),
    undo: (name, changeId) =>
      on(name, (session) =>
        undoChange(session, { ...changeOptions(nodeOf(name), never), changeId }),
      ),
  };
}

export const statusOf = ({ report }: Judged, name: string, check: string): string | undefined =>
  report.nodes
    .find((node) => node.name === name)
    ?.findings.find((finding) => finding.check === check)?.status;

export const fixOf = ({ fixes }: Judged, name: string, check: string, way: string): Fix => {
  const fix = fixes
    .get(name)
    ?.get(check)
    ?.find((one) => one.way === way);
  if (fix === undefined) throw new Error(`${name} is offered no ${way} for ${check}`);
  return fix;
};
