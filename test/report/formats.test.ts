import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/cli/report-schema.js';
import { FORMATS, render } from '../../src/report/render.js';
import { renderHtml } from '../../src/report/html.js';
import { renderHuman, wrap } from '../../src/report/human.js';
import { renderJson } from '../../src/report/json.js';
import { renderJunit } from '../../src/report/junit.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderSarif } from '../../src/report/sarif.js';
import { describeWith } from '../helpers/require-tool.js';
import { HOSTILE, sampleReport } from './sample-report.js';

const plain = { colour: false, width: 80 };

describe('for people', () => {
  it('says each problem once, the worst first, with what to do', () => {
    expect(renderHuman(sampleReport(), plain)).toMatchInlineSnapshot(`
      "NOT READY: 0 of 4 nodes ready
      Calico 3.32, iptables data plane, encapsulation ipip, BGP on, pods
      192.168.0.0/16, Kubernetes 1.34

        NOT READY    n1               1 failed, Debian GNU/Linux 12 (bookworm), 6.1.0…
        NOT READY    n2               1 failed, Debian GNU/Linux 12 (bookworm), 6.1.0…
        CANNOT TELL  n3               1 failed, 1 unknown, 1 warning, 1 waived, Debia…
        CANNOT TELL  n4               not reached: refused: nobody listens on 10.0.0.…

      unknown  n4 was not reached
               refused: nobody listens on 10.0.0.4 port 22

      failed   The kernel can do IP-in-IP
               kernel/ipip
               n1, n2: CONFIG_NET_IPIP is not set
               expected: IPIP built in or loadable
               breaks: IP-in-IP encapsulation
               would pass with: encapsulation: vxlan

      failed   The kernel can do IP-in-IP
               a/fix
               n3: mendable
               expected: IPIP built in or loadable
               breaks: IP-in-IP encapsulation
               would pass with: encapsulation: vxlan
               mend: unmanaged (safe): Write one file.
               run: calico-ready fix n3 --check a/fix --plan

      unknown  The kernel can do IP-in-IP
               a/unknown
               n3: not known (tool-missing: nmcli)
               expected: IPIP built in or loadable
               to know it: Install it.
               breaks: IP-in-IP encapsulation
               would pass with: encapsulation: vxlan

      warning  The kernel can do IP-in-IP (recommended)
               a/warn
               n3: <script>alert(1)</script>|x|\`rm -rf\` [a](http://evil) & "q" 'q' ]]>
               expected: IPIP built in or loadable
               breaks: IP-in-IP encapsulation
               would pass with: encapsulation: vxlan

      waived   The kernel can do IP-in-IP
               a/waived
               n3: CONFIG_NET_IPIP is not set
               expected: IPIP built in or loadable
               breaks: IP-in-IP encapsulation
               would pass with: encapsulation: vxlan
               waived by ops until 2027-01-31: lab only

      No paths between the nodes were tested.
      Run abc, catalogue test with 7 checks.
      "
    `);
  });

  it('is no wider than the terminal, but for words that cannot be broken', () => {
    const wide = renderHuman(sampleReport(), plain)
      .split('\n')
      .filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  it('says the same without colour', () => {
    const coloured = renderHuman(sampleReport(), { ...plain, colour: true });
    // eslint-disable-next-line no-control-regex -- colour is what is taken away
    expect(coloured.replace(/\u001b\[\d*m/g, '')).toBe(renderHuman(sampleReport(), plain));
  });

  it('says DEMO when nothing of it is real', () => {
    expect(renderHuman({ ...sampleReport(), demo: true }, plain)).toMatch(/^DEMO: recorded nodes/);
  });

  it.each([
    ['', []],
    ['one two three', ['> one two', '> three']],
    ['averyveryverylongword b', ['> averyveryverylongword', '> b']],
  ])('wraps %j', (text, lines) => {
    expect(wrap(text, 10, '> ')).toEqual(lines);
  });
});

it('JSON is the report itself, and fits its schema', () => {
  const parsed: unknown = JSON.parse(renderJson(sampleReport()));
  expect(parsed).toEqual(JSON.parse(JSON.stringify(sampleReport())));
  expect(reportSchema.safeParse(parsed).error).toBeUndefined();
});

describeWith('python3', 'JUnit', () => {
  it('is well-formed XML with every case counted once', () => {
    const counts = execFileSync(
      'python3',
      [
        '-c',
        'import sys,xml.dom.minidom as m\nd=m.parseString(sys.stdin.buffer.read())\nfor s in d.getElementsByTagName("testsuite"): print(s.getAttribute("name"),s.getAttribute("tests"),s.getAttribute("failures"),s.getAttribute("errors"),s.getAttribute("skipped"),len(s.getElementsByTagName("testcase")))\nprint([o.firstChild.data for o in d.getElementsByTagName("system-out")][0])',
      ],
      { input: renderJunit(sampleReport()), encoding: 'utf8' },
    );
    expect(counts.split('\n')).toEqual([
      'n1 1 1 0 0 1',
      'n2 1 1 0 0 1',
      'n3 6 1 1 2 6',
      'n4 1 0 1 0 1',
      'the fleet 1 0 0 0 1',
      HOSTILE,
      '',
    ]);
  });
});

it('SARIF gives each finding its kind, level and rule', () => {
  const log = JSON.parse(renderSarif(sampleReport())) as {
    runs: [
      {
        results: { ruleId: string; kind: string; level: string; suppressions?: unknown }[];
        tool: { driver: { rules: { id: string }[] } };
      },
    ];
  };
  const [run] = log.runs;
  expect(run.results.map(({ ruleId, kind, level }) => `${ruleId} ${kind} ${level}`)).toEqual([
    'kernel/ipip fail error',
    'kernel/ipip fail error',
    'a/unknown open none',
    'a/warn fail warning',
    'a/pass pass none',
    'a/none notApplicable none',
    'a/waived fail error',
    'a/fix fail error',
    'kernel/ipip open none',
    'time/skew pass none',
  ]);
  expect(run.results.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
  expect(new Set(run.tool.driver.rules.map(({ id }) => id)).size).toBe(
    run.tool.driver.rules.length,
  );
});

describe('hostile text stays text', () => {
  it('in HTML, which runs no script and loads nothing', () => {
    const page = renderHtml(sampleReport());
    expect(page).not.toContain('<script');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('in Markdown, where it breaks no table and makes no link', () => {
    const line =
      renderMarkdown(sampleReport())
        .split('\n')
        .find((text) => text.includes('a/warn')) ?? '';
    // Unescaped bars are what makes cells: five of them, six bars.
    expect(line.replace(/\\./g, '').match(/\|/g)).toHaveLength(6);
    expect(line).not.toMatch(/(?<!\\)[`<[]/);
  });

  it.each(FORMATS)('%s ends with a newline and has no control character', (format) => {
    const text = render(sampleReport(), format, plain);
    expect(text.endsWith('\n')).toBe(true);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
