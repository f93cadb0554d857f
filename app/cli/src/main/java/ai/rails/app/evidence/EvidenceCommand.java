package ai.rails.app.evidence;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import ai.rails.platform.evidence.DerivedFiles;
import ai.rails.platform.evidence.report.Dossier;

/// `rails evidence`: verifying and inspecting need no server, nothing of AI Rails runs.
@Command(
    name = "evidence",
    description = "Export evidence bundles, verify them offline, and see what is in them.",
    mixinStandardHelpOptions = true,
    subcommands = {ExportCommand.class, VerifyCommand.class, InspectCommand.class})
public final class EvidenceCommand implements Runnable {
  /// What makes the documents of a bundle, here and where bundles are written.
  public static final DerivedFiles DOCUMENTS = Dossier::files;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which verb? For example: rails evidence verify FILE");
  }
}
