import { describe, expect, it } from 'vitest';
import { createPromptQueue } from '../../../src/cli/wizard/prompt-queue.js';
import { CancelledError } from '../../../src/domain/errors.js';
import type { SecretRequest } from '../../../src/domain/transport.js';
import { visibleLine } from '../../../src/domain/visible.js';

const request = (node: string, kind: SecretRequest['kind'] = 'password'): SecretRequest => ({
  node,
  kind,
  prompt: visibleLine('Password:'),
  echo: false,
});
const never = new AbortController().signal;

function queue() {
  const shown: (string | null)[] = [];
  const prompts = createPromptQueue();
  prompts.port.subscribe((head) => shown.push(head?.node ?? null));
  return { ...prompts, shown };
}

describe('the one queue of prompts', () => {
  it('shows one at a time, in the order of asking', async () => {
    const { port, keeper, shown } = queue();
    const answers = Promise.all([
      keeper.broker.ask(request('a'), never),
      keeper.broker.ask(request('b'), never),
    ]);
    port.answer('one');
    port.answer(null);
    expect(await answers).toEqual(['one', null]);
    expect(shown).toEqual(['a', 'b', null]);
  });

  it('asks for the sudo password once for the fleet, until a node refuses it', async () => {
    const { port, keeper, forgetSudo, shown } = queue();
    const answers = Promise.all(
      ['a', 'b', 'c'].map((node) => keeper.broker.ask(request(node, 'sudo-password'), never)),
    );
    port.answer('s3cret');
    expect(await answers).toEqual(['s3cret', 's3cret', 's3cret']);
    expect(await keeper.broker.ask(request('d', 'sudo-password'), never)).toBe('s3cret');
    forgetSudo();
    const again = keeper.broker.ask(request('e', 'sudo-password'), never);
    port.answer('other');
    expect(await again).toBe('other');
    expect(shown.filter((node) => node === 'e')).toEqual(['e']);
  });

  it('lets a cancelled prompt go and shows the next', async () => {
    const { port, keeper, shown } = queue();
    const controller = new AbortController();
    const first = keeper.broker.ask(request('a'), controller.signal);
    const second = keeper.broker.ask(request('b'), never);
    controller.abort();
    await expect(first).rejects.toBeInstanceOf(CancelledError);
    port.answer('two');
    expect(await second).toBe('two');
    expect(shown).toEqual(['a', 'b', null]);
  });

  it('remembers what was typed, so that a bundle can be searched for it', async () => {
    const { port, keeper } = queue();
    const answer = keeper.broker.ask(request('a'), never);
    port.answer('typed-secret');
    await answer;
    expect(keeper.typed()).toEqual(['typed-secret']);
  });

  it('an answer without a question is nothing', () => {
    const { port, shown } = queue();
    port.answer('x');
    expect(shown).toEqual([]);
  });
});
