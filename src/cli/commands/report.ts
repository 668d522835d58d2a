import { readBundle } from '../../bundle/read-bundle.js';
import { render } from '../../report/render.js';
import { validateIntent, readIntent } from '../files/intent-file.js';
import { reportFrom } from '../files/report-file.js';
import { readBytes } from '../files/read-text.js';
import { exitOfReadiness, type ExitCode } from '../exit-codes.js';
import { emit, mayColour, note, widthOf } from '../io.js';
import type { CommonOptions } from '../options.js';
import { judgeFleet } from '../wiring/asker.js';
import { checkDestinations } from '../wiring/destinations.js';
import { noteMissingRules, ofSameRules, addRules } from '../wiring/catalogue.js';

/** `calico-ready report`: renders a bundle's report again; with `--intent` judges its evidence anew. */
export async function runReport(
  bundle: string,
  options: Pick<CommonOptions, 'format' | 'output' | 'intent' | 'rules'>,
): Promise<ExitCode> {
  await checkDestinations(options);
  await addRules(options.rules);
  const opened = await readBundle(await readBytes(bundle, 'bundle', 512 * 1024 * 1024), reportFrom);
  note('note: the signature of this bundle was not checked; calico-ready verify does that.');
  const again = options.intent !== undefined || options.rules !== undefined;
  if (again) noteMissingRules(opened.report);
  const report = !again
    ? opened.report
    : judgeFleet(
        opened.nodes.map(({ node }) => node),
        opened.nodes.map(({ evidence }) => ofSameRules(evidence)),
        options.intent === undefined
          ? validateIntent(opened.intent, () => 'bundle.json')
          : await readIntent(options.intent),
        opened.waivers,
        {
          id: opened.report.run.id,
          startedAt: Date.parse(opened.report.run.startedAt),
          demo: opened.demo,
        },
      ).report;
  const colour = options.output === undefined && mayColour(process.stdout);
  await emit(
    render(report, options.format, { colour, width: widthOf(process.stdout) }),
    options.output,
  );
  return exitOfReadiness(report.readiness);
}
