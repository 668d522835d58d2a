export async function runUndo(..._args: unknown[]): Promise<never> { throw new Error('not built'); }
