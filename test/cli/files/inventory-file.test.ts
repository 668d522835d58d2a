import { describe, expect, it } from 'vitest';
import { parseInventory } from '../../../src/cli/files/inventory-file.js';
import { InputError } from '../../../src/domain/errors.js';

const refused = (text: string, name: string): string => {
  try {
    parseInventory(text, name);
  } catch (error) {
    if (error instanceof InputError) return `${error.message} ${error.nextStep}`;
    throw error;
  }
  return 'accepted';
};

describe('inventories that are read', () => {
  it.each([
    {
      name: 'one host a line',
      file: 'hosts.txt',
      text: '# rack 1\nn1\nroot@10.0.0.2:2222   # the odd one\n[fe80::1%eth0]:22\n\n',
      expected: [
        { name: 'n1', host: 'n1', roles: [] },
        { name: '10.0.0.2', host: '10.0.0.2', user: 'root', port: 2222, roles: [] },
        { name: 'fe80::1%eth0', host: 'fe80::1%eth0', port: 22, roles: [] },
      ],
    },
    {
      name: 'our YAML',
      file: 'fleet.yaml',
      text: 'nodes:\n  - name: n1\n    host: 10.0.0.1\n    user: ops\n    roles: [control-plane, etcd]\n    jump: bastion,inner\n  - ops@n2:2200\n',
      expected: [
        {
          name: 'n1',
          host: '10.0.0.1',
          user: 'ops',
          roles: ['control-plane', 'etcd'],
          jump: ['bastion', 'inner'],
        },
        { name: 'n2', host: 'n2', user: 'ops', port: 2200, roles: [] },
      ],
    },
    {
      name: 'Ansible INI with ranges, group variables and children',
      file: 'hosts.ini',
      text: '[kube_control_plane]\ncp1 ansible_host=10.0.0.1\n[kube_node]\nw[01:02] ansible_port=2222\n[etcd]\ncp1\n[k8s:children]\nkube_control_plane\nkube_node\n[k8s:vars]\nansible_user=ops\nansible_ssh_common_args="-J bastion"\n',
      expected: [
        {
          name: 'cp1',
          host: '10.0.0.1',
          user: 'ops',
          jump: ['bastion'],
          roles: ['control-plane', 'etcd'],
        },
        { name: 'w01', host: 'w01', port: 2222, user: 'ops', jump: ['bastion'], roles: ['worker'] },
        { name: 'w02', host: 'w02', port: 2222, user: 'ops', jump: ['bastion'], roles: ['worker'] },
      ],
    },
    {
      name: 'Ansible YAML',
      file: 'hosts.yml',
      text: 'all:\n  vars: {ansible_user: ops}\n  children:\n    kube_control_plane:\n      hosts:\n        cp1: {ansible_host: 10.0.0.1}\n    etcd:\n      hosts:\n        cp1: {ansible_host: 10.0.0.1}\n',
      expected: [{ name: 'cp1', host: '10.0.0.1', user: 'ops', roles: ['control-plane', 'etcd'] }],
    },
  ])('$name', ({ text, file, expected }) => {
    expect(parseInventory(text, file)).toEqual(expected);
  });
});

describe('inventories that are refused, with their place', () => {
  it.each([
    { text: 'n1\n-oProxyCommand=x\n', file: 'h', says: /^h:2:1: "-oProxyCommand=x" / },
    { text: 'n1\na;b\n', file: 'h', says: /^h:2:1: .*characters that no host name has/ },
    { text: '$(x)\n', file: 'h', says: /^h:1:1: / },
    { text: `${'a'.repeat(300)}\n`, file: 'h', says: /^h:1:1: / },
    { text: 'nоde\n', file: 'h', says: /^h:1:1: .*no host name has/ },
    {
      text: 'n1\nn2\nn1\n',
      file: 'h',
      says: /^h:3:1: "n1" is in the inventory twice, first at h:1:1/,
    },
    { text: 'n1:99999\n', file: 'h', says: /outside 1 to 65535/ },
    { text: '# nothing\n', file: 'h', says: /names no node/ },
    {
      text: 'nodes:\n  - name: n1\n    colour: red\n',
      file: 'f.yaml',
      says: /^f.yaml:3:5: unknown key "colour".*name, host, port/,
    },
    {
      text: 'nodes:\n  - name: n1\n    port: 99999\n',
      file: 'f.yaml',
      says: /^f.yaml:3:11: "nodes.0.port" is not what it should be: expected at most 65535\./,
    },
    {
      text: 'nodes:\n  - name: n1\n    roles: [king]\n',
      file: 'f.yaml',
      says: /^f.yaml:3:13: .*one of control-plane, worker/,
    },
    {
      text: 'nodes:\n  - name: n1\n   host: [\n',
      file: 'f.yaml',
      says: /^f.yaml:3:\d+: this is not a YAML inventory/,
    },
    { text: 'nodes: 7\n', file: 'f.yaml', says: /^f.yaml:1:8: "nodes"/ },
    {
      text: 'all:\n  hosts:\n    n1: {ansible_port: many}\n',
      file: 'f.yml',
      says: /^f.yml:3:9: .*port/,
    },
    {
      text: '[a\nn1 ansible_host=1.2.3.4\n',
      file: 'h.ini',
      says: /^h.ini:1:1: "\[a" is not a group/,
    },
    { text: '[a]\nn[1:99999]\n', file: 'h.ini', says: /^h.ini:2:1: the range/ },
    { text: '[a]\nn1 ansible_host\n', file: 'h.ini', says: /^h.ini:2:1: .*name=value/ },
  ])('$text', ({ text, file, says }) => {
    expect(refused(text, file)).toMatch(says);
  });
});
