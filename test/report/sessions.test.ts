import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.js';
import { renderHtml } from '../../src/report/html.js';
import { renderHuman } from '../../src/report/human.js';
import { HOSTILE, sampleReport } from './sample-report.js';

const SSH2 = {
  transport: 'ssh2',
  'host-key-trusted-by': '/home/op/.ssh/known_hosts:7',
  login: 'publickey (SHA256:abc)',
  privilege: 'sudo',
  'key-exchange': 'curve25519-sha256 (not post-quantum)',
  cipher: 'aes128-gcm@openssh.com',
  'ssh-server': 'OpenSSH_9.2p1',
  'host-key': 'ssh-ed25519 SHA256:first',
  address: '10.0.0.1',
};

/** The sample with records of sessions; composed by hand. */
function withSessions(...sessions: readonly (Readonly<Record<string, string>> | null)[]): Report {
  const report = sampleReport();
  const nodes = report.nodes.map((node, index) => ({
    ...node,
    facts: { ...node.facts, ...(sessions[index] ?? {}) },
  }));
  return { ...report, nodes };
}

const section = (report: Report): string =>
  /How the nodes were reached:\n[^]*?\n\n/.exec(
    renderHuman(report, { colour: false, width: 80 }),
  )?.[0] ?? '';

describe('how the nodes were reached', () => {
  const other = {
    ...SSH2,
    'host-key-trusted-by': '/home/op/.ssh/known_hosts:9',
    'host-key': 'ssh-ed25519 SHA256:second',
    address: '10.0.0.2',
  };
  const quantum = {
    ...SSH2,
    transport: 'openssh',
    'transport-because': 'the key exchange algorithms that this node offers',
    'host-key-trusted-by': '/etc/ssh/known:3 (@cert-authority)',
    'key-exchange': 'sntrup761x25519-sha512@openssh.com (post-quantum)',
  };

  it('for people: nodes that agree stand together, what is their own is left to the others', () => {
    expect(section(withSessions(SSH2, other, quantum, null))).toMatchInlineSnapshot(`
      "How the nodes were reached:
        n1, n2: by ssh2; host key trust /home/op/.ssh/known_hosts; login publickey
        (SHA256:abc); privilege sudo; key exchange curve25519-sha256 (not
        post-quantum); cipher aes128-gcm@openssh.com; SSH server OpenSSH_9.2p1
        n3: by openssh; taken for the key exchange algorithms that this node offers;
        host key trust /etc/ssh/known (@cert-authority); login publickey (SHA256:abc);
        privilege sudo; key exchange sntrup761x25519-sha512@openssh.com
        (post-quantum); cipher aes128-gcm@openssh.com; SSH server OpenSSH_9.2p1

      "
    `);
  });

  it('in HTML: a row each, with the host key', () => {
    const page = renderHtml(withSessions(SSH2, other, quantum, null));
    const rows = page.slice(page.indexOf('How the nodes were reached')).match(/<tr><td>.*<\/tr>/g);
    expect(rows?.map((row) => row.match(/<td>[^<]*<\/td>/g)?.length)).toEqual([11, 11, 11]);
    expect(rows?.[1]).toContain('<td>n2</td>');
    expect(rows?.[1]).toContain('<td>ssh-ed25519 SHA256:second</td>');
    expect(rows?.[2]).toContain('the key exchange algorithms that this node offers');
  });

  it('says nothing where no node has a record of a session', () => {
    expect(section(sampleReport())).toBe('');
    expect(renderHtml(sampleReport())).not.toContain('How the nodes were reached');
  });

  it('keeps hostile text text', () => {
    const hostile = { ...SSH2, 'ssh-server': `${HOSTILE}\u001b]0;x\u0007\u202e` };
    const report = withSessions(hostile);
    // eslint-disable-next-line no-control-regex -- that none is there
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
    expect(section(report)).not.toMatch(control);
    expect(section(report)).toContain('<script>');
    expect(renderHtml(report)).not.toMatch(control);
    expect(renderHtml(report)).not.toContain('<script');
  });
});
