export async function runFix(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
