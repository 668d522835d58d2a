export async function runDemo(..._args: unknown[]): Promise<never> {
  await import('ssh2');
  await import('ink');
  throw new Error('not built');
}
