import type { DemoOptions } from '../demo/demo-options.js';
import type { ExitCode } from '../exit-codes.js';

/** `calico-ready demo`: the wizard on the embedded fleet; without a terminal its audit. Ends with the fleet's code. */
export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { showDemo } = await import('../demo/show-demo.js');
    return showDemo(options);
  }
  const { auditDemo } = await import('../demo/audit-demo.js');
  return auditDemo(options);
}
