export async function runWizardCommand(..._args: unknown[]): Promise<never> {
  throw new Error('not built');
}
