import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with "N passed, N failed, N skipped" alone on a line. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number =>
      tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + broken;
    console.log(
      `${String(count('passed'))} passed, ${String(failed)} failed, ${String(count('skipped'))} skipped`,
    );
  }
}
