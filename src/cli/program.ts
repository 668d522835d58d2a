import { Command, Option } from 'commander';
import { InputError } from '../domain/errors.js';
import { visible, visibleLine } from '../domain/visible.js';
import type { FixOptions } from './commands/fix.js';
import type { UndoOptions } from './commands/undo.js';
import type { ExitCode } from './exit-codes.js';
import {
  collect,
  formatOption,
  named,
  once,
  whole,
  withAccess,
  withResult,
  withSource,
  type CommonOptions,
} from './options.js';
import { VERSION } from './version.js';

/** Commands that are promised and not built yet. */
const LATER: ReadonlySet<string> = new Set(['paths', 'open']);

type Done = (code: ExitCode) => void;

/** The command line. Every command is imported when it is chosen. */
export function buildProgram(done: Done): Command {
  const program = new Command('calico-ready')
    .description('Takes bare-metal nodes from unknown to ready for Calico, proven and signed.')
    .version(`calico-ready ${VERSION}`, '-V, --version')
    .exitOverride()
    .showHelpAfterError('Run calico-ready --help for the commands and flags.')
    .helpCommand('help [command]', 'display help for command')
    // What was typed is said again in such a message: visible, and no more of it than can be read.
    .configureOutput({
      outputError: (text, write) => {
        write(visible(text.replace(/[^\n]{400,}/g, (line) => visibleLine(line, 400))));
      },
    })
    .enablePositionalOptions()
    .hook('preSubcommand', refuseFlagsBefore);
  addWizard(program, done);
  addAudit(program, done);
  addChanges(program, done);
  addBundles(program, done);
  addCompare(program, done);
  addTexts(program, done);
  // The program itself takes a word too much, to say more of it; its commands have that from it.
  for (const command of program.commands) command.allowExcessArguments(false);
  return program;
}

function addWizard(program: Command, done: Done): void {
  withAccess(withSource(program))
    .option('--resume', 'go on with the session that was saved')
    // Without a command the wizard starts; a word that is none must not.
    .allowExcessArguments()
    .action(async (options: CommonOptions & { readonly resume?: boolean }, { args }: Command) => {
      refuseWord(args[0]);
      const { runWizardCommand } = await import('./commands/wizard.js');
      done(await runWizardCommand(options));
    });
  withResult(
    program
      .command('demo')
      .description('the wizard on an embedded fleet; without a terminal: audits it and prints')
      .option('--intent <file>', 'what is to run', named),
  ).action(async (options: CommonOptions) => {
    const { runDemo } = await import('./commands/demo.js');
    done(await runDemo(options));
  });
}

/** A flag before the command is one of the wizard; the command would not see it. */
function refuseFlagsBefore(program: Command, command: Command): void {
  const early = program.options.find(
    (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (early?.long === undefined) return;
  throw new InputError(
    `${early.long} stands before the command.`,
    `Write it behind: calico-ready ${command.name()} ${early.long} …`,
  );
}

function refuseWord(word: string | undefined): void {
  if (word === undefined) return;
  if (LATER.has(word))
    throw new InputError(
      `The command ${word} is not part of this version.`,
      'calico-ready --help lists the commands.',
    );
  throw new InputError(
    `There is no command "${visibleLine(word, 60)}".`,
    'calico-ready --help lists the commands; nodes are named after one: calico-ready audit NODE.',
  );
}

function addAudit(program: Command, done: Done): void {
  withAccess(
    withResult(
      withSource(
        program
          .command('audit')
          .description('survey and judge; changes nothing')
          .argument('[node...]'),
      ),
    ),
  ).action(async (nodes: readonly string[], options: CommonOptions) => {
    const { runAudit } = await import('./commands/audit.js');
    done(await runAudit(nodes, options));
  });
}

function addChanges(program: Command, done: Done): void {
  withAccess(
    withSource(program.command('fix').description('print or apply fixes').argument('[node...]')),
  )
    .addOption(
      new Option('--check <id>', 'the check to mend; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--plan', 'only print what would be done (the default)')
    .option('--apply', 'do it, and prove it by the same probes')
    .option('--way <name>', 'which fix, where a check has several', named)
    .option('--yes', 'agree to safe fixes without being asked')
    .addOption(
      new Option('--consent <id>', 'agree to the disruptive fix of this check; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option(
      '--confirm-within <seconds>',
      'seconds until an unconfirmed disruptive change is undone',
      whole(1, 3600),
      30,
    )
    .action(async (nodes: readonly string[], options: FixOptions) => {
      const { runFix } = await import('./commands/fix.js');
      done(await runFix(nodes, options));
    });
  withAccess(
    program
      .command('undo')
      .description("roll back from the node's own journal")
      .argument('[node...]')
      .option('--inventory <file>', 'nodes', once)
      .option('--local', 'this machine')
      .option('--change <id>', 'this change (default: the newest)', named)
      .option('--all', 'every change, the newest first'),
  ).action(async (nodes: readonly string[], options: UndoOptions) => {
    const { runUndo } = await import('./commands/undo.js');
    done(await runUndo(nodes, options));
  });
}

function addBundles(program: Command, done: Done): void {
  program
    .command('verify')
    .description('verify a bundle: signature, then every file')
    .argument('<bundle>')
    .requiredOption('--allowed-signers <file>', 'who may sign, as ssh-keygen reads it', named)
    .requiredOption('--signer <who>', 'who must have signed', named)
    .action(
      async (
        bundle: string,
        options: { readonly allowedSigners: string; readonly signer: string },
      ) => {
        const { runVerify } = await import('./commands/verify.js');
        done(await runVerify(bundle, options));
      },
    );
  program
    .command('report')
    .description('render a bundle again')
    .argument('<bundle>')
    .addOption(formatOption())
    .option('--output <file>', 'write here instead of standard output', named)
    .option('--intent <file>', 'judge the evidence again under this intent', named)
    .option('--rules <file>', 'judge the evidence again, own rules too', once)
    .action(async (bundle: string, options: CommonOptions) => {
      const { runReport } = await import('./commands/report.js');
      done(await runReport(bundle, options));
    });
}

function addCompare(program: Command, done: Done): void {
  program
    .command('compare')
    .description('what became of the verdicts between two bundles')
    .argument('<old>')
    .argument('<new>')
    .action(async (old: string, young: string) => {
      const { runCompare } = await import('./commands/compare.js');
      done(await runCompare(old, young));
    });
}

function addTexts(program: Command, done: Done): void {
  program
    .command('explain')
    .description('a requirement, its source and its fix; without a check the list of ids')
    .argument('[check]')
    .option('--rules <file>', 'own rules', once)
    .action(async (check: string | undefined, options: { readonly rules?: string }) => {
      const { runExplain } = await import('./commands/explain.js');
      done(await runExplain(check, options));
    });
  program
    .command('collector')
    .description('print the survey script for other engines')
    .option('--intent <file>', 'what is to run', named)
    .option('--rules <file>', 'own rules', once)
    .action(async (options: { readonly intent?: string; readonly rules?: string }) => {
      const { runCollector } = await import('./commands/collector.js');
      done(await runCollector(options));
    });
  program
    .command('sudoers')
    .description('print the least-privilege rule for what a survey runs as root')
    .option('--intent <file>', 'only what this intent needs', named)
    .option('--rules <file>', 'own rules', once)
    .action(async (options: { readonly intent?: string; readonly rules?: string }) => {
      const { runSudoers } = await import('./commands/sudoers.js');
      done(await runSudoers(options));
    });
  program
    .command('intent')
    .description('print a commented intent file')
    .action(async () => {
      const { runIntent } = await import('./commands/intent.js');
      done(await runIntent());
    });
  program
    .command('schema')
    .description('print the JSON Schema of the report')
    .action(async () => {
      const { runSchema } = await import('./commands/schema.js');
      done(await runSchema());
    });
}
